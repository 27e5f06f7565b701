#!/bin/bash
# Makes the guest, as it is after its boot, into what Tails is at its Welcome Screen, as far as
# installing is concerned. Written from what Tails does, with nothing of its code; docs/labs.md says
# what is imitated. Run as root in the guest, once; its state is kept.
set -eu

useradd --system --no-create-home --shell /usr/sbin/nologin tails-persistent-storage
rm -f /etc/os-release
cat >/etc/os-release <<'END'
NAME="Tails"
ID="tails"
VERSION="7.7"
PRETTY_NAME="Tails"
TAILS_SOURCE_DATE_EPOCH="1776000000"
END

# No network, as in Offline Mode: the drivers are never let in.
mkdir -p /var/lib/live/config
echo TAILS_NETWORK=false >/var/lib/live/config/tails.network
printf 'install %s /bin/true\n' e1000 e1000e iwlwifi r8169 >/etc/modprobe.d/all-net-blocklist.conf

# The medium that Tails runs from is marked, so that nobody takes it for a stick.
cat >/etc/udev/rules.d/70-protect-boot-medium.rules <<'END'
SUBSYSTEM=="block", ENV{ID_SERIAL_SHORT}=="TAILS1", ENV{UDISKS_SYSTEM}="1", ENV{UDISKS_AUTO}="0"
END
udevadm control --reload

# apt, as a system has it that was never online.
mkdir -p /var/lib/apt/lists /var/cache/apt/archives
install -d -m 755 /live/persistence
mkdir -p /usr/local/lib/lab /run/lab

# What the daemon of the Persistent Storage does when it is unlocked: `storage unlock DEVICE`.
cat >/usr/local/lib/lab/storage <<'END'
#!/bin/bash
set -eu
base=/live/persistence/TailsData_unlocked
conf=$base/persistence.conf
user=tails-persistent-storage

# What it takes; anything else is put aside and an empty one made.
takes() {
	[ ! -L "$conf" ] && [ -f "$conf" ] && [ "$(stat -c '%U:%G %a' "$conf")" = "$user:$user 600" ] &&
		[ -z "$(getfacl --omit-header --skip-base "$conf" 2>/dev/null)" ]
}

linked() { # SOURCE DESTINATION
	(cd "$1" && find . -type f -o -type l) | while read -r file; do
		install -d -o amnesia -g amnesia "$(dirname "$2/$file")"
		ln -sfn "$(realpath -s "$1/$file")" "$2/${file#./}"
		chown -h amnesia: "$2/${file#./}"
	done
}

bound() { # SOURCE DESTINATION
	mkdir -p "$2"
	if [ ! -e "$1" ]; then
		mkdir -p "$1" && chown --reference="$2" "$1" && chmod --reference="$2" "$1"
	fi
	mount --bind "$1" "$2"
}

apply() {
	local place options source link option rest
	while read -r place options rest || [ -n "$place" ]; do
		case $place in '' | '#'*) continue ;; esac
		[ -n "$options" ] && [ -z "$rest" ] || continue
		source='' link=''
		for option in ${options//,/ }; do
			case $option in
			source=*) source=${option#source=} ;;
			link) link=yes ;;
			file) ;;
			*) source='' && break ;;
			esac
		done
		[ -n "$source" ] || continue
		if [ "$link" ]; then linked "$base/$source" "$place"; else bound "$base/$source" "$place"; fi
		echo "$place	$options" >>/run/lab/applied
	done <"$conf"
}

case $1 in
unlock)
	echo -n 'correct horse battery' | cryptsetup open "$2" TailsData_unlocked --key-file=-
	mkdir -p "$base"
	mount -o acl /dev/mapper/TailsData_unlocked "$base"
	chown root:root "$base" && chmod 0770 "$base" && setfacl -m user:amnesia:x "$base"
	: >/run/lab/applied
	if ! takes; then
		[ ! -e "$conf" ] && [ ! -L "$conf" ] || mv "$conf" "$conf.invalid"
		install -o "$user" -g "$user" -m 600 /dev/null "$conf"
		echo "put aside" >/run/lab/put-aside
	fi
	chattr +S "$conf" 2>/dev/null || :
	find "$base" -maxdepth 1 -type d -user amnesia -exec chmod go= {} +
	apply
	;;
lock)
	sync
	awk '$2 ~ "^/(home/amnesia/Persistent|var/cache/apt/archives|var/lib/apt/lists)" { print $2 }' /proc/mounts |
		xargs -r umount
	umount "$base"
	cryptsetup close TailsData_unlocked
	;;
esac
END

# What Tails does at each login: the listed packages are installed, in a sandbox.
cat >/usr/local/lib/lab/asp-install <<'END'
#!/bin/bash
set -eu
list=/live/persistence/TailsData_unlocked/live-additional-software.conf
[ -f "$list" ] || exit 0
mapfile -t packages < <(sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d' "$list" | sort -u)
[ ${#packages[@]} -gt 0 ] || exit 0
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C DEBIAN_PRIORITY=critical
exec apt-get --quiet --yes --no-remove --option DPkg::Options::=--force-confold install "${packages[@]}"
END
cat >/etc/systemd/system/tails-additional-software-install.service <<'END'
[Unit]
Description=Installs the additional software

[Service]
Type=oneshot
ExecStart=/usr/local/lib/lab/asp-install
PrivateDevices=yes
PrivateTmp=yes
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_SETUID CAP_SETGID
END

# The daemon's own bus name is answered here, from what was applied; everything else is busctl's.
cat >/usr/local/bin/busctl <<'END'
#!/bin/sh
case "$*" in
'--system get-property org.boum.tails.PersistentStorage /org/boum/tails/PersistentStorage/Features/Dotfiles org.boum.tails.PersistentStorage.Feature IsActive')
	grep -qs '^/home/amnesia	source=dotfiles,link$' /run/lab/applied && echo b true || echo b false ;;
*) exec /usr/bin/busctl "$@" ;;
esac
END
chmod 755 /usr/local/lib/lab/* /usr/local/bin/busctl
systemctl daemon-reload
