# The two commands are `make demo` and `make test`; both install what they need.
#
# Each target that needs Debian packages names them here, once. sudo is used only when not root.

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT  := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get

# To build: nettle and gmp are linked statically, bindgen needs libclang, the crate that talks to
# gpg-agent needs the capnp compiler, usb-rules needs libudev.
BUILD_PACKAGES := gcc libc6-dev pkg-config nettle-dev libgmp-dev libclang-dev capnproto libudev-dev
# To test: the real tools that ours are held against.
TEST_PACKAGES  := gnupg gpg-agent tar zstd coreutils bsdutils python3 libimage-exiftool-perl poppler-utils qpdf time
BENCH_PACKAGES := $(TEST_PACKAGES) mat2 curl

CARGO ?= cargo

.PHONY: demo test lint bench build-packages test-packages bench-packages help

help:
	@echo "make demo   the main job, end to end, on real input"
	@echo "make test   all tests"
	@echo "make lint   formatting, clippy, the floors"
	@echo "make bench  side by side with gpg, tar, sha256sum"

demo: test-packages
	$(CARGO) build --locked --release --workspace --bins
	./target/release/demo

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

# A package list is asked for only if something is missing, so that a second run needs no network.
define install
	@missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then $(APT) update -q && $(APT) install -q -y --no-install-recommends $$missing; fi
endef

build-packages:
	$(call install,$(BUILD_PACKAGES))

test-packages: build-packages
	$(call install,$(TEST_PACKAGES))

bench-packages: build-packages
	$(call install,$(BENCH_PACKAGES))
