# The two commands are `make demo` and `make test`; both install what they need.
#
# Each target that needs Debian packages names them here, once. sudo is used only when not root.

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# A fresh machine may be updating itself: wait for it.
APT  := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300

# To build: nettle and gmp are linked statically, bindgen needs libclang, the crate that talks to
# gpg-agent needs the capnp compiler, usb-rules needs libudev.
BUILD_PACKAGES := gcc libc6-dev pkg-config nettle-dev libgmp-dev libclang-dev capnproto libudev-dev
# To test: the real tools that ours are held against.
TEST_PACKAGES  := gnupg gpg-agent tar zstd coreutils bsdutils python3 libimage-exiftool-perl ffmpeg \
	libheif-examples poppler-utils qpdf time umockdev util-linux e2fsprogs dosfstools dpkg xz-utils \
	desktop-file-utils acl zip unzip gzip bzip2 libjxl-tools bubblewrap \
	libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui libreoffice-math-nogui \
	mupdf-tools epubcheck
# To make the package.
DEB_PACKAGES := git dpkg tar xz-utils coreutils findutils
BENCH_PACKAGES := $(TEST_PACKAGES) mat2 curl
# To run the Tor lab: Tor itself, and a network namespace with a packet filter.
LAB_TOR_PACKAGES := tor iproute2 nftables util-linux bash coreutils

# To run the print lab: CUPS with its filters, a printer made of software, and the bus it wants.
LAB_PRINT_PACKAGES := cups-daemon cups-client cups-ipp-utils cups-filters dbus-daemon util-linux coreutils

# To run the VM lab: what its guest is made with. QEMU comes by a script of its own, because it may
# have to come from the backports.
LAB_VM_PACKAGES := mmdebstrap debian-archive-keyring squashfs-tools kmod cpio xz-utils zstd \
	dosfstools e2fsprogs mtools util-linux binutils coreutils dpkg tar findutils

# To fuzz: libFuzzer is C++, built from the source in its crate.
FUZZ_PACKAGES := g++ bash

CARGO ?= cargo
# The Debian release of the VM lab's guest.
SUITE ?= bookworm
# Seconds of processor time for each fuzz target.
FUZZ_SECONDS ?= 3600

.PHONY: demo deb test lint bench labs lab-tor lab-faults lab-print lab-vm fuzz fuzz-smoke fuzz-build help
.PHONY: build-packages deb-packages test-packages bench-packages lab-tor-packages lab-print-packages lab-vm-packages fuzz-packages

help:
	@echo "make demo   the main job, end to end, on real input"
	@echo "make test   all tests"
	@echo "make deb    the Debian package, below target/deb"
	@echo "make lint   formatting, clippy, the floors"
	@echo "make bench  side by side with gpg, tar, sha256sum, cp, mat2, exiftool"
	@echo "make labs   what needs more than a build tree: lab-tor, a private Tor network;"
	@echo "            lab-faults, chips that lie, break and lose their power, in one process"
	@echo "            lab-print, a private CUPS and printers that fail"
	@echo "            lab-vm, a machine whose sticks lie, break and vanish"
	@echo "make fuzz   the parsers against made-up bytes, an hour each (FUZZ_SECONDS); fuzz-smoke: 10 s"

demo: test-packages
	$(CARGO) build --locked --release --workspace --bins
	./target/release/demo

# Where it is built does not show in it: paths are written as if it were /build, the date is that of
# the last commit. A directory of its own, because these flags are for nothing else.
DEB_DIR  := target/deb
DEB_DATE ?= $(shell git log -1 --format=%ct)
DEB_MAPS := $(CURDIR)=/build $(or $(CARGO_HOME),$(HOME)/.cargo)=/cargo

deb: deb-packages
	SOURCE_DATE_EPOCH=$(DEB_DATE) RUSTFLAGS="$(addprefix --remap-path-prefix=,$(DEB_MAPS))" \
		CFLAGS="$(addprefix -ffile-prefix-map=,$(DEB_MAPS))" \
		$(CARGO) build --locked --release --target-dir $(DEB_DIR) -p sd-fetch -p sd-airgap \
		-p sd-export -p tails-persistence -p sd-package
	$(DEB_DIR)/release/sd-package --binaries $(DEB_DIR)/release --out $(DEB_DIR) --date $(DEB_DATE)

test: test-packages
	$(CARGO) build --locked --workspace --all-targets
	$(CARGO) test --locked --workspace

lint: build-packages
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --offline check bans licenses sources; fi

bench: bench-packages
	$(CARGO) build --locked --release --workspace --bins
	./target/release/bench
	$(CARGO) run --locked --release -p sd-scrub --example planted

labs: lab-tor lab-faults lab-print lab-vm

# A lab is root's, for the namespaces it makes; building stays with whoever calls. Six minutes are
# three times what it takes.
LAB_TOR := $(SUDO) env LAB_TOR_WITHOUT_NAMESPACES=$(LAB_TOR_WITHOUT_NAMESPACES) \
	timeout --kill-after=10 360

lab-tor: lab-tor-packages
	$(CARGO) build --locked --workspace --all-targets
	CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$(LAB_TOR)" \
		$(CARGO) test --locked --workspace --test lab-tor -- run

# Root's, for making the guest's root file system. In the foreground, so that an interrupt reaches it;
# QEMU and the image's script end with it.
LAB_VM := $(SUDO) env SUITE=$(SUITE) timeout --foreground --kill-after=10 3000

# Needs nothing but what is needed to build.
lab-faults: build-packages
	$(CARGO) build --locked --workspace --all-targets
	timeout --kill-after=10 900 $(CARGO) test --locked --workspace --test lab-faults -- run

# Root's, for cupsd. Five minutes are twice what it takes.
LAB_PRINT := $(SUDO) timeout --kill-after=10 300

lab-print: lab-print-packages
	$(CARGO) build --locked --workspace --all-targets
	CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$(LAB_PRINT)" \
		$(CARGO) test --locked --workspace --test lab-print -- run

# The package is made by whoever calls: root may have no cargo.
lab-vm: lab-vm-packages
	$(CARGO) build --locked --workspace --all-targets
	./target/debug/sd-package --fast --date 1776000000 --binaries target/debug --out target/debug
	CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$(LAB_VM)" \
		$(CARGO) test --locked --workspace --test lab-vm -- run

# The compiler options are in tests/fuzz/.cargo/config.toml, so cargo must start there.
fuzz-build: fuzz-packages
	cd tests/fuzz && $(CARGO) build --locked --release

fuzz: fuzz-build
	tests/fuzz/run $(FUZZ_SECONDS)

fuzz-smoke: fuzz-build
	tests/fuzz/run 10

# A package list is asked for only if something is missing, so that a second run needs no network.
define install
missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then $(APT) update -q && $(APT) install -q -y --no-install-recommends $$missing; fi
endef

build-packages:
	@$(call install,$(BUILD_PACKAGES))

deb-packages: build-packages
	@$(call install,$(DEB_PACKAGES))

test-packages: build-packages
	@$(call install,$(TEST_PACKAGES))

fuzz-packages: build-packages
	@$(call install,$(FUZZ_PACKAGES))

bench-packages: build-packages
	@$(call install,$(BENCH_PACKAGES))

# Tor and CUPS are wanted as programs. Debian would start them as services too, unless a policy
# forbids it.
POLICY := /usr/sbin/policy-rc.d

define no_service
if ! command -v $(1) >/dev/null && [ ! -e $(POLICY) ]; then trap '$(SUDO) rm -f $(POLICY)' EXIT; \
printf '#!/bin/sh\nexit 101\n' | $(SUDO) tee $(POLICY) >/dev/null; $(SUDO) chmod 755 $(POLICY); fi
endef

lab-tor-packages: build-packages
	@$(call no_service,tor); $(call install,$(LAB_TOR_PACKAGES))

# cupsd is in a directory that the path of an ordinary user does not have.
lab-print-packages: build-packages
	@$(call no_service,/usr/sbin/cupsd); $(call install,$(LAB_PRINT_PACKAGES))

lab-vm-packages: build-packages
	@$(call install,$(LAB_VM_PACKAGES))
	@$(SUDO) tests/labs/vm/install-qemu.sh
