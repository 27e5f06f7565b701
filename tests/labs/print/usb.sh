#!/bin/sh
# A backend in place of CUPS's own for USB. Arguments: job, user, title, copies, options, [file].
# What it is told by mode-usb: nothing, words to say, an exit code, or a state to be in.
lab="@LAB@"
[ $# -ge 5 ] || { echo 'direct usb://Lab/Printer?serial=1 "Lab Printer" "Lab"'; exit 0; }
printf '%s\n' "$@" > "$lab/heard/$(date +%s%N)"
mode=$(cat "$lab/mode-usb")
case "$mode" in
exit-*)
	cat > /dev/null
	exit "${mode#exit-}"
	;;
talk)
	echo "INFO: Sending data to printer." >&2
	;;
complain)
	cat > /dev/null
	echo "ERROR: Unable to add document to print job." >&2
	exit 0
	;;
?*)
	echo "STATE: +$mode" >&2
	for _ in $(seq 300); do
		[ "$(cat "$lab/mode-usb")" = "$mode" ] || break
		sleep 0.1
	done
	echo "STATE: -$mode" >&2
	;;
esac
cat ${6:+"$6"} > "$lab/pages/$(date +%s%N)"
