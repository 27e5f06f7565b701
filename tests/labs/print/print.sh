#!/bin/sh
# What ippeveprinter does with a document: keeps what it heard of the job, waits as it is told, and
# delivers the pages.
lab="@LAB@"
env | grep '^IPP_' > "$lab/heard/$(date +%s%N)"
mode() { cat "$lab/mode-ipp"; }
if [ -n "$(mode)" ]; then
	reason=$(mode)
	echo "STATE: +$reason" >&2
	for _ in $(seq 300); do
		[ "$(mode)" = "$reason" ] || break
		sleep 0.1
	done
	echo "STATE: -$reason" >&2
fi
cp "$1" "$lab/pages/.part" && mv "$lab/pages/.part" "$lab/pages/$(date +%s%N)"
