#!/bin/sh
# twice.sh: whether the last commit gives the same package wherever it is built.
#
# Clones the repository into two directories with names of different lengths, builds the package in
# each from nothing, and compares. It takes twice as long as a release build.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Both before either is built: that takes long, and work goes on.
for place in one another/place; do
	git clone --quiet "$root" "$work/$place"
done
for place in one another/place; do
	make -C "$work/$place" deb >&2
done
sha256sum "$work"/one/target/deb/*.deb "$work"/another/place/target/deb/*.deb
if cmp "$work"/one/target/deb/*.deb "$work"/another/place/target/deb/*.deb; then
	echo 'the same bytes'
else
	echo 'NOT the same' >&2
	exit 1
fi
