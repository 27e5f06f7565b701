#!/bin/sh
# QEMU of this Debian release. Where that would take another package away (a qemu-utils of its
# backports is too new for it), QEMU of the backports. Needs root.
set -eu
if command -v qemu-system-x86_64 >/dev/null && command -v qemu-img >/dev/null; then exit; fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -q
if apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends --no-remove qemu-system-x86 qemu-utils; then exit; fi

# A list of sources of its own, so that nothing else ever comes from there.
. /etc/os-release
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
mkdir -p "$lists/state/partial"
source_line() { echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $1 $2 main"; }
apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Component: main' |
	sort -u | while read -r uri release; do
	source_line "$uri" "$release"
	if [ "$release" = "$VERSION_CODENAME" ]; then source_line "$uri" "$release-backports"; fi
done | sort -u >"$lists/sources.list"
private() {
	apt-get -q -o Dir::Etc::sourcelist="$lists/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$lists/state" -o APT::Sandbox::User=root \
		-o DPkg::Lock::Timeout=300 "$@"
}
private update
private install -y --no-install-recommends --no-remove \
	-t "$VERSION_CODENAME-backports" qemu-system-x86 qemu-utils
