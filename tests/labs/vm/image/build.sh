#!/bin/sh
# build.sh SUITE DIRECTORY: a kernel and a root file system for the VM lab, below DIRECTORY.
#
#   vmlinux      Debian's stock kernel, unpacked, so that QEMU enters it directly (PVH)
#   initrd.cpio  a busybox that puts a tmpfs over the root
#   root.sqfs    the guest: udev, udisks2, polkit, cryptsetup, GnuPG
#
# The last line of output is where they are: a directory named after the suite and a hash of this
# directory's files. What is there already is used again. Needs root, and the Debian packages
# mmdebstrap, squashfs-tools, kmod, cpio, xz-utils and zstd.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
suite=$1
mkdir -p "$2"
cache=$(cd "$2" && pwd)
key=$(cd "$here" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c 1-16)
image=$cache/$suite-$key
if [ -d "$image" ]; then echo "$image"; exit; fi

# Whole, or not there: it is built aside and gets its name at the end. What others left there, who
# were ended by force, goes.
find "$cache" -maxdepth 1 -name 'building-*' -mmin +60 -exec rm -rf {} +
work=$(mktemp -d "$cache/building-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
root=$work/root
kernel=$work/kernel
say() { echo "image $suite: $*" >&2; }

# The mirror that this machine uses itself.
archive() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Component: main' |
		awk -v wanted="$1" '(($2 ~ /-security$/) ? "security" : "main") == wanted && $2 !~ /backports/ { print $1; exit }'
}
mirror=$(archive main)
security=$(archive security)
mirror=${mirror:-http://deb.debian.org/debian}
security=${security:-http://deb.debian.org/debian-security}

packages=systemd,systemd-sysv,libpam-systemd,udev,dbus,udisks2,polkitd,cryptsetup-bin,dmsetup
packages=$packages,dosfstools,exfatprogs,e2fsprogs,fdisk,gnupg,usbutils,kmod,procps,util-linux
packages=$packages,libudev1,busybox-static,tmux,acl,iproute2
case $suite in
bookworm) packages=$packages,libblockdev-crypto2 ;;
*) packages=$packages,libblockdev-crypto3 ;;
esac

say "packages from $mirror"
mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt='Acquire::Languages "none"' \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
	--customize-hook='chroot "$1" sh -c "cd /root && apt-get -o APT::Sandbox::User=root download -q \
		\$(apt-cache depends linux-image-amd64 | sed -n s/.*Depends:.//p)" >&2' \
	--format=directory "$suite" "$root" \
	"deb $mirror $suite main" "deb $security $suite-security main" >&2

dpkg -x "$root"/root/linux-image-*.deb "$kernel"
rm "$root"/root/linux-image-*.deb
[ -d "$kernel/lib/modules" ] || ln -s usr/lib "$kernel/lib"
version=$(ls "$kernel/lib/modules")
depmod -b "$kernel" "$version"
say "kernel $version"

# The kernel's setup header says where its packed self lies (Documentation/arch/x86/boot.rst);
# the last four bytes of that are its size.
number() { od -A n -t "u$2" -j "$1" -N "$2" "$bzimage" | tr -d ' '; }
bzimage=$kernel/boot/vmlinuz-$version
begin=$(( ($(number 0x1f1 1) + 1) * 512 + $(number 0x248 4) ))
length=$(( $(number 0x24c 4) - 4 ))
case $(od -A n -t x1 -j "$begin" -N 4 "$bzimage" | tr -d ' ') in
fd377a58) unpack='xz -dc' ;;
28b52ffd) unpack='zstd -dc' ;;
1f8b08*) unpack='gzip -dc' ;;
*) say 'the kernel is packed in an unknown way'; exit 1 ;;
esac
tail -c "+$(( begin + 1 ))" "$bzimage" | head -c "$length" | $unpack >"$work/vmlinux"
[ "$(head -c 4 "$work/vmlinux" | tail -c 3)" = ELF ] || { say 'no ELF in the kernel image'; exit 1; }

# Of some thousand modules, those that a stick, a file system or a hostile device can ask for.
modules='virtio_pci virtio_blk virtio_console virtio_rng vmgenid 9p 9pnet_virtio squashfs overlay
	ext4 vfat exfat isofs udf nls_cp437 nls_iso8859-1 nls_ascii nls_utf8 fuse loop brd nbd
	dm_mod dm_crypt dm_flakey dm_integrity xts aesni_intel algif_skcipher algif_hash
	sha256_ssse3 sha512_ssse3 wp512 rmd160 twofish_generic serpent_generic camellia_generic
	xhci_pci usb_storage uas sd_mod sr_mod sg usbhid hid_generic evdev psmouse
	cdc_ether cdc_acm cdc_ncm rndis_host usbserial ftdi_sio usblp snd_usb_audio
	dummy_hcd libcomposite usb_f_mass_storage usb_f_hid usb_f_ecm usb_f_acm usb_f_rndis
	usb_f_fs usb_f_printer veth'
mkdir -p "$root/lib/modules/$version"
for module in $modules; do
	modprobe -d "$kernel" -S "$version" -D "$module" || { say "no module $module"; exit 1; }
done | awk '/^insmod/ { print $2 }' | sort -u >"$work/wanted"
while read -r file; do
	to=$root/lib/modules/$version/${file#*/"$version"/}
	mkdir -p "${to%/*}"
	cp "$file" "$to"
done <"$work/wanted"
for list in builtin builtin.modinfo order; do
	cp "$kernel/lib/modules/$version/modules.$list" "$root/lib/modules/$version/"
done
depmod -b "$root" "$version"

# The guest: nothing to mount, one ordinary user as on Tails, the agent as a service.
cp -r "$here/guest/." "$root/"
echo lab >"$root/etc/hostname"
: >"$root/etc/fstab"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
mkdir -p "$root/mnt/share"
chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash amnesia
for group in cdrom dialout floppy video plugdev netdev powerdev scanner lp lpadmin; do
	chroot "$root" groupadd --force --system "$group"
	chroot "$root" usermod --append --groups "$group" amnesia
done
units=$root/etc/systemd/system
mkdir -p "$units/multi-user.target.wants"
for unit in lab-agent lab-session; do
	ln -sf "../$unit.service" "$units/multi-user.target.wants/"
done
# What only costs time in a machine that lives for seconds.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
	e2scrub_reap.service fstrim.timer getty@tty1.service serial-getty@ttyS0.service \
	systemd-firstboot.service systemd-hwdb-update.service systemd-journal-flush.service \
	systemd-update-utmp.service systemd-random-seed.service systemd-update-done.service \
	ldconfig.service systemd-sysusers.service systemd-binfmt.service sys-kernel-debug.mount \
	sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount modprobe@drm.service \
	modprobe@efi_pstore.service systemd-pstore.service systemd-timesyncd.service; do
	ln -sf /dev/null "$units/$unit"
done
mksquashfs "$root" "$work/root.sqfs" -comp lz4 -no-xattrs -no-progress -quiet \
	-e boot var/cache/apt var/lib/apt >&2

# The first file system: a shell, and the four modules that reach the real root.
initrd=$work/initrd
mkdir -p "$initrd/bin" "$initrd/modules"
cp "$root/bin/busybox" "$initrd/bin/"
install -m 755 "$here/init" "$initrd/init"
for module in virtio_pci virtio_blk squashfs overlay; do
	modprobe -d "$kernel" -S "$version" -D "$module"
done | awk '/^insmod/ && !seen[$2]++ { print $2 }' | while read -r file; do
	name=$(basename "$file" .xz)
	case $file in
	*.xz) xz -dc "$file" >"$initrd/modules/$name" ;;
	*) cp "$file" "$initrd/modules/$name" ;;
	esac
	echo "$name"
done >"$initrd/modules.list"
(cd "$initrd" && find . | cpio --quiet -o -H newc) >"$work/initrd.cpio"

done=$work/done
mkdir "$done"
mv "$work/vmlinux" "$work/initrd.cpio" "$work/root.sqfs" "$done/"
mv -T "$done" "$image" 2>/dev/null || [ -d "$image" ]
say "$(du -sh "$image" | cut -f 1) in $image"
echo "$image"
