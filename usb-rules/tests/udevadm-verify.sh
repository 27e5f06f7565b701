#!/bin/sh
# Asks udev itself whether it understands the committed rules. Exit code: 0 yes, 1 no, 75 not asked.
#
# udevadm has `verify` since systemd 254. Where it is older, as on Debian 12, this takes udevadm of
# Debian 13 from the mirror, unpacks it into a temporary directory and runs it with its own
# libraries: nothing is installed. UDEVADM_VERIFY=local never asks the mirror.
set -eu
rules=$(cd "$(dirname "$0")/../rules" && pwd)

verify() { "$@" verify --no-summary "$rules"/svs/*.rules "$rules"/workstation/*.rules || exit 1; }

if udevadm verify --version >/dev/null 2>&1; then
	verify udevadm
	exit 0
fi
[ "${UDEVADM_VERIFY:-}" != local ] || { echo "this udevadm has no verify" >&2 && exit 75; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/lists/partial" "$tmp/root"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
echo "deb [signed-by=$keys] $mirror trixie main" >"$tmp/sources.list"
apt() {
	apt-get -q -o Dir::Etc::sourcelist="$tmp/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$tmp/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o APT::Sandbox::User= -o Acquire::Retries=3 "$@"
}
{
	apt update && cd "$tmp" && apt download udev libudev1 libsystemd-shared libc6 libacl1 \
		libblkid1 libcap2 libkmod2 libselinux1 libmount1 libseccomp2 libssl3t64 libzstd1 liblzma5 \
		libcrypt1 libaudit1 libcap-ng0 libpcre2-8-0 zlib1g
} >"$tmp/apt.log" 2>&1 || { tail -n 3 "$tmp/apt.log" >&2 && exit 75; }
for deb in "$tmp"/*.deb; do dpkg -x "$deb" "$tmp/root"; done
lib=$tmp/root/usr/lib
verify "$tmp/root/usr/lib64/ld-linux-x86-64.so.2" \
	--library-path "$lib/x86_64-linux-gnu/systemd:$lib/x86_64-linux-gnu" "$tmp/root/usr/bin/udevadm"
