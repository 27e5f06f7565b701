#!/bin/sh
# guest-install.sh svs|workstation: puts the rules into the running system, and checks that they took.
#
# For a virtual machine or a test stick, as root. Exit code: 0 all is in force, 1 not.
set -eu
station=${1-}
rules=$(cd "$(dirname "$0")/../rules" && pwd)
case $station in svs | workstation) ;; *) echo "guest-install: svs or workstation" >&2 && exit 2 ;; esac

install -D -m755 -t /usr/lib/sneakernet "$rules"/lib/*
install -D -m644 -t /etc/udev/rules.d "$rules/$station"/*.rules
if udevadm verify --version >/dev/null 2>&1; then
	udevadm verify /etc/udev/rules.d/9?-sd-*.rules
else
	echo "guest-install: this udevadm has no verify" >&2
fi
udevadm control --reload
[ "$station" = svs ] || exit 0

install -D -m644 -t /etc/systemd/system "$rules"/systemd/*.service
systemctl daemon-reload
systemctl enable --now sneakernet-usb-close.service
[ -e /run/sneakernet/usb-closed ]
for bus in /sys/bus/usb/devices/usb*; do
	[ "$(cat "$bus/interface_authorized_default")" = 0 ] || { echo "${bus##*/} is open" >&2 && exit 1; }
done
