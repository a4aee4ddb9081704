# enable-region-alert, an AWS Lambda function in C. `make help` lists the targets.
# Everything that is made goes to build/; V=1 shows whole commands.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

BUILD := build
CC := gcc
STRIP := strip
ARCH ?= x86_64

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)')

TOOL_SOURCES := $(wildcard function/cli/*.c)
SOURCES := $(filter-out $(TOOL_SOURCES),$(wildcard function/*.c function/*/*.c))
RULES := $(wildcard function/rules/*.yml function/rules/*.yaml)
RUNTIME := $(wildcard runtime/Makefile runtime/src/* runtime/include/lambda/*)
UNIT_TESTS := $(patsubst %.c,%,$(wildcard tests/unit/test_*.c))

.PHONY: all demo test test-long test-slow test-faults test-valgrind conformance golden pictures test-fresh test-arm64 coverage lint build-AlertFunction sam-build clean help

# What is deployed: ARCH=arm64 has a folder of its own.
DEPLOYED_x86_64 := $(BUILD)
DEPLOYED_arm64 := $(BUILD)/arm64
DEPLOYED := $(or $(DEPLOYED_$(ARCH)),$(error ARCH is x86_64 or arm64, not $(ARCH)))

all: $(DEPLOYED)/bootstrap $(BUILD)/sigma ## what is deployed, build/bootstrap and build/rules/ (ARCH=arm64: in build/arm64/), and build/sigma

# ------------------------------------------------------------------------------------------- flags

DEPS := $(BUILD)/deps
CURL_CFLAGS = -isystem $(abspath $(DEPS)/include)
CPPFLAGS = -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE \
	-Iruntime/include -Ifunction -I$(BUILD) -I$(DEPS) $(CURL_CFLAGS)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wvla -Wformat=2 -Wundef -Werror
CFLAGS := -std=c17 $(WARNINGS)
CURL_LIBS = -L$(abspath $(DEPS)/lib) -lcurl -lssl -lcrypto -lcares
LDLIBS = -L$(DEPS)/lib -lcjson $(CURL_LIBS) -lyaml -lpcre2-8 -lm

RELEASE := -O2 -g -fPIE -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	-ftrivial-auto-var-init=zero -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -ffile-prefix-map=$(CURDIR)=.
RELEASE_LINK = -static-pie -Wl,--gc-sections,--build-id=sha1,-z,relro,-z,now,-z,noexecstack \
	-Wl,-T,deploy/release.ld,-Map=$@.map $(UNREACHED:%=-Wl,--defsym=%=abort) $(MACHINE_LINK)
MACHINE_LINK := -Wl,-z,pack-relative-relocs
# What libraries could call and here never do is left out: glibc's functions that load shared objects
# (c-ares resolves), threads, and PCRE2's compiler to machine code. A call would end the process.
UNREACHED = $(subst |, ,$(GLIBC_LOADERS)) pthread_create $(addsuffix _8,pcre2_jit_match \
	$(addprefix _pcre2_jit_,check_exec free get_target))
ASAN := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
COVERAGE := -O0 -g --coverage -fprofile-update=atomic
FUZZ := -O2 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-sanitize-coverage=trace-cmp

# In a static program the linker warns of glibc's functions that load shared objects. These five are
# not in it, see UNREACHED: they are dropped, any other is shown.
GLIBC_LOADERS := dlopen|getaddrinfo|gethostbyname|getservbyname|getservbyport_r
drop_known = sed -E "/: in function /N; /Using '($(GLIBC_LOADERS))' in statically linked/d"

# ---------------------------------------------------------------------------------------- building

# What must be there before anything is compiled.
READY := packages-build $(BUILD)/deps/packages.inc $(BUILD)/amazon_roots.h

# Objects of one kind: $(1) folder, $(2) compiler and flags, $(3) what becomes of its output.
define objects
$(1)/%.o: %.c Makefile | $(READY)
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) $$(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $$@ $$< $(3)
endef

# The rules beside a program, where it looks for them.
define rules
$(1)/rules: function/rules $(RULES)
	$$(call say,COPY,$$@)
	$$(Q)rm -rf $$@
	$$(Q)mkdir -p $$@
	$$(Q)cp $(RULES) $$@
endef

# The program and its unit tests, made in one way: $(1) folder, $(2) flags, $(3) flags of the link.
define flavour
$(call objects,$(1),$$(CC) $(2))
DEPENDENCIES += $(patsubst %.c,$(1)/%.d,$(SOURCES) $(TOOL_SOURCES)) $(UNIT_TESTS:%=$(1)/%.d)

$(1)/bootstrap: $(SOURCES:%.c=$(1)/%.o) $(1)/runtime/liblambda-c-runtime.a | $(1)/rules
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $(2) $(3) -o $$@ $$(filter-out %.ld,$$^) $$(LDLIBS) 2>&1 | $$(drop_known) >&2

$(1)/sigma: $(patsubst %.c,$(1)/%.o,$(TOOL_SOURCES) $(filter-out %/main.c,$(SOURCES))) \
		$(1)/runtime/liblambda-c-runtime.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $(2) $(3) -o $$@ $$(filter-out %.ld,$$^) $$(LDLIBS) -lz 2>&1 | $$(drop_known) >&2

$(1)/runtime/liblambda-c-runtime.a: $(RUNTIME) Makefile | $(READY)
	$$(Q)$$(MAKE) --no-print-directory --always-make -C runtime BUILD=$$(abspath $$(@D)) \
		CC=$$(CC) AR=$$(AR) CFLAGS='$(2)'

$(call rules,$(1))

$(1)/tests/unit/%: $(1)/tests/unit/%.o $(patsubst %.c,$(1)/%.o,$(filter-out %/main.c,$(SOURCES))) \
		$(1)/runtime/liblambda-c-runtime.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $(2) -o $$@ $$^ $$(LDLIBS) -lcmocka

$(UNIT_TESTS:%=$(1)/%.o): | packages-test
endef

# What is released is linked with its symbols, which stay in $(1)/symbols: $(1) folder, $(2) flags.
define release
$(call flavour,$(1)/symbols,$(2),$$(RELEASE_LINK))
$(1)/symbols/bootstrap $(1)/symbols/sigma: deploy/release.ld
$(call rules,$(1))

$(1)/bootstrap $(1)/sigma: $(1)/%: $(1)/symbols/% | $(1)/rules
	$$(call say,STRIP,$$@)
	$$(Q)$$(STRIP) -o $$@ $$<
endef

$(eval $(call release,$(BUILD),$(RELEASE)))
$(eval $(call flavour,$(BUILD)/asan,$(ASAN)))
$(eval $(call flavour,$(BUILD)/coverage,$(COVERAGE)))

# The sanitizer build whose allocations can be made to fail, also those of the libraries.
FAILING := $(BUILD)/asan/failing
FAILING_OBJECTS := $(patsubst %.c,$(BUILD)/asan/%.o,$(SOURCES) tests/faults/allocations.c)
DEPENDENCIES += $(BUILD)/asan/tests/faults/allocations.d

$(FAILING): $(FAILING_OBJECTS) $(BUILD)/asan/runtime/liblambda-c-runtime.a | $(BUILD)/asan/rules
	$(call say,LD,$@)
	$(Q)$(CC) $(ASAN) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc -o $@ $^ \
		-Wl,-Bstatic $(LDLIBS) -Wl,-Bdynamic

# For arm64 only the bootstrap is made, by a cross-compiler.
ARM64 := $(BUILD)/arm64
RELEASE_ARM64 := $(subst -fcf-protection=full,-mbranch-protection=standard,$(RELEASE))
$(ARM64)/%: private CC := aarch64-linux-gnu-gcc
$(ARM64)/%: private AR := aarch64-linux-gnu-ar
$(ARM64)/%: private STRIP := aarch64-linux-gnu-strip
$(ARM64)/%: private DEPS := $(ARM64)/deps
$(ARM64)/%: private MACHINE_LINK := -B$(ARM64)/deps/lib
$(eval $(call release,$(ARM64),$(RELEASE_ARM64)))
$(SOURCES:%.c=$(ARM64)/symbols/%.o) $(ARM64)/symbols/runtime/liblambda-c-runtime.a: | $(ARM64)/deps/packages.inc

# Programs that fuzz: tests/fuzz/fuzz_x.c with the objects of the function.
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZED := $(FUZZERS:%=$(BUILD)/fuzz/fuzz_%)
FUZZ_SECONDS ?= 10
$(eval $(call objects,$(BUILD)/fuzz,clang-19 $(FUZZ)))
FUZZ_OBJECTS := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(filter-out %/main.c,$(SOURCES)))
FUZZ_MAINS := $(FUZZERS:%=$(BUILD)/fuzz/tests/fuzz/fuzz_%.o)
DEPENDENCIES += $(patsubst %.o,%.d,$(FUZZ_OBJECTS) $(FUZZ_MAINS))

$(FUZZ_OBJECTS) $(FUZZ_MAINS): | packages-fuzz

$(BUILD)/fuzz/runtime/liblambda-c-runtime.a: $(RUNTIME) Makefile | $(READY) packages-fuzz
	$(Q)$(MAKE) --no-print-directory --always-make -C runtime BUILD=$(abspath $(@D)) CC=clang-19 \
		CFLAGS='$(FUZZ)'

# Where there is a server, it is in the same thread: tests/fuzz/server.h.
$(BUILD)/fuzz/fuzz_runtime_api $(BUILD)/fuzz/fuzz_sns: private SERVED := -Wl,--wrap=connect,--wrap=send,--wrap=sendmsg,--wrap=poll

$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/tests/fuzz/fuzz_%.o $(FUZZ_OBJECTS) \
		$(BUILD)/fuzz/runtime/liblambda-c-runtime.a
	$(call say,LD,$@)
	$(Q)clang-19 $(FUZZ) -fsanitize=fuzzer $(SERVED) -o $@ $^ $(LDLIBS)

.PRECIOUS: $(BUILD)/fuzz/fuzz_%

.PHONY: fuzz keep-corpus check-rules patterns bench-rules $(foreach what,fuzz keep-corpus,$(FUZZERS:%=$(what)-%))
fuzz: $(FUZZED) ## fuzz each target for FUZZ_SECONDS (10), or for FUZZ_RUNS executions
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) -Otarget $(FUZZERS:%=fuzz-%)

$(FUZZERS:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/fuzz_%
	$(call say,FUZZ,$* for $(or $(FUZZ_RUNS:%=% executions),$(FUZZ_SECONDS) seconds))
	$(Q)tests/fuzz/run.sh $< $* $(or $(FUZZ_RUNS:%=-runs=%),-max_total_time=$(FUZZ_SECONDS))

keep-corpus: $(FUZZERS:%=keep-corpus-%) ## add to tests/fuzz/corpus what the last runs found that it does not cover
$(FUZZERS:%=keep-corpus-%): keep-corpus-%: $(BUILD)/fuzz/fuzz_%
	$(Q)tests/fuzz/run.sh $< $* -merge=1

check-rules: $(BUILD)/sigma ## every rule with the tests beside it
	$(Q)$(BUILD)/sigma check --tests function/rules $(wildcard function/rules/more)

bench-rules: packages-bench $(BUILD)/symbols/sigma ## what loading and deciding rules costs, in instructions
	$(Q)tests/bench/rules.sh $(BUILD)/symbols

PATTERNED := template.yaml deploy/organization/member.yaml deploy/no-code.yaml
patterns: $(BUILD)/sigma ## write the EventBridge pattern of function/rules into the templates
	$(Q)deploy/pattern.sh $(BUILD)/sigma $(PATTERNED)

$(BUILD)/deps/versions.txt: deploy/libraries.sh deploy/openssl.pl | packages-build
	$(call say,DEPS,libcurl and OpenSSL and cJSON from source packages (a minute or two))
	$(Q)deploy/libraries.sh $(@D) x86_64

$(ARM64)/deps/versions.txt: deploy/libraries.sh deploy/openssl.pl | packages-build packages-arm64
	$(call say,DEPS,the same for arm64 and the other libraries from Debian packages (two minutes))
	$(Q)deploy/libraries.sh $(@D) arm64

%/packages.inc: %/versions.txt Makefile
	$(call say,GEN,$@)
	$(Q)sed -n 's/^[^ ]\+ [^ ].*/"&\\n"/p' $< >$@

$(BUILD)/amazon_roots.h: deploy/roots.sh | packages-build
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)deploy/roots.sh >$@

PACKAGES := $(addprefix packages-,build arm64 python test qemu fuzz package bench naive peers lint coverage fresh)
.PHONY: $(PACKAGES)
$(PACKAGES): packages-%:
	@deploy/packages.sh $*

# The architectures of a template, as readelf calls them.
MACHINE_x86_64 := X86-64
MACHINE_arm64 := AArch64

build-AlertFunction: all check-rules # for `sam build`, which does not say for which architecture
	@readelf -h $(DEPLOYED)/bootstrap | grep -q 'Machine: .*$(MACHINE_$(ARCH))' || \
		{ echo '$(DEPLOYED)/bootstrap is not for $(ARCH)' >&2; exit 1; }
	$(Q)mkdir -p $(ARTIFACTS_DIR)
	$(Q)cp -r $(DEPLOYED)/bootstrap $(DEPLOYED)/rules $(ARTIFACTS_DIR)

# samconfig.toml has a part for each architecture. In it sam keeps what `deploy` has asked once.
SAM_CONFIG := samconfig.toml
ASK = $(if $(shell grep -E '(AlertEmail|TopicArn)=' $(SAM_CONFIG)),, --guided)
sam = SAM_CLI_TELEMETRY=0 ARCH=$(ARCH) $(BUILD)/sam/bin/sam $(1) --config-env $(ARCH:x86_64=default)

sam-build: $(BUILD)/sam/ready ## .aws-sam/build/, for `make deploy`; ARCH=arm64: for that architecture
	$(Q)$(call sam,build)

deploy: sam-build ## build, and make or change the stack; the first time, sam asks what it should be
	$(Q)$(call sam,deploy)$(ASK)

delete: $(BUILD)/sam/ready ## remove the stack, after a question
	$(Q)$(call sam,delete)

logs: $(BUILD)/sam/ready ## the log of the deployed function, as it grows
	$(Q)$(call sam,logs) --tail

# --------------------------------------------------------------------------------------- measuring

# The same source as one would build it without a second thought: with the machine's own libraries.
NAIVE := $(BUILD)/naive
$(NAIVE)/%: private CURL_CFLAGS :=
$(NAIVE)/%: private LDLIBS := -lcurl -lcjson -lssl -lcrypto -lyaml -lpcre2-8 -lm
$(eval $(call flavour,$(NAIVE),-O2))

# The Runtime API and SNS in C, around a program that is timed: build/server --help. It is built
# naively too: it has threads, which our OpenSSL has not.
SERVER := $(BUILD)/server
SERVER_OBJECTS := $(patsubst %.c,$(NAIVE)/%.o,$(wildcard tests/server/*.c))
DEPENDENCIES += $(SERVER_OBJECTS:.o=.d)
$(SOURCES:%.c=$(NAIVE)/%.o) $(SERVER_OBJECTS) $(NAIVE)/runtime/liblambda-c-runtime.a: | packages-naive

$(SERVER): $(SERVER_OBJECTS) $(NAIVE)/runtime/liblambda-c-runtime.a
	$(call say,LD,$@)
	$(Q)$(CC) -O2 -o $@ $^ -lssl -lcrypto

BENCH := $(BUILD)/bench
$(BENCH)/ca.pem: tests/bench/prepare.py | $(BUILD)/venv/ready
	$(call say,GEN,$(@D): certificates and events)
	$(Q)PYTHONPATH=tests/e2e $(PYTHON) $< $(@D)

# The bootstrap that is measured trusts one root more, that of the server in C.
$(BENCH)/amazon_roots.h: deploy/roots.sh $(BENCH)/ca.pem
	$(call say,GEN,$@)
	$(Q)deploy/roots.sh $(BENCH)/ca.pem >$@

$(BENCH)/trust.o: function/sns/trust.c $(BENCH)/amazon_roots.h Makefile
	$(call say,CC,$@)
	$(Q)$(CC) $(RELEASE) -I$(BENCH) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BENCH)/symbols/bootstrap: $(filter-out %/sns/trust.o,$(SOURCES:%.c=$(BUILD)/symbols/%.o)) \
		$(BENCH)/trust.o $(BUILD)/symbols/runtime/liblambda-c-runtime.a deploy/release.ld
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(RELEASE) $(RELEASE_LINK) -o $@ $(filter-out %.ld,$^) $(LDLIBS) 2>&1 | $(drop_known) >&2

$(BENCH)/bootstrap: $(BENCH)/symbols/bootstrap | $(BENCH)/rules $(BENCH)/symbols/rules
	$(Q)$(STRIP) -o $@ $<

$(eval $(call rules,$(BENCH)))
$(eval $(call rules,$(BENCH)/symbols))

# The runtime alone, as its example is.
$(BENCH)/echo: runtime/examples/echo.c $(BUILD)/symbols/runtime/liblambda-c-runtime.a
	$(call say,LD,$@)
	$(Q)$(CC) $(RELEASE) $(CPPFLAGS) $(CFLAGS) $(RELEASE_LINK) -o $@ $^ 2>&1 | $(drop_known) >&2

$(BENCH)/empty: tests/bench/empty.c | packages-build
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -static -o $@ $<

.PHONY: bench soak keep-bench bench-instructions keep-instructions
SOAK_EVENTS ?= 1000000
COUNTED := packages-bench $(SERVER) $(BENCH)/bootstrap $(BENCH)/echo

bench: all $(COUNTED) $(NAIVE)/bootstrap $(BENCH)/empty $(BUILD)/enable-region-alert-x86_64.zip peers ## times and sizes against a naive build and other languages (a few minutes)
	$(Q)$(PYTHON) tests/bench/bench.py

keep-bench: $(BUILD)/venv/ready ## write tests/bench/results.md and cold-start.svg from the last `make bench`
	$(Q)cp $(BENCH)/results.md tests/bench/
	$(Q)$(PYTHON) tests/bench/picture.py

soak: $(COUNTED) ## SOAK_EVENTS (1000000) through the runtime, and with faults through the function (a quarter of an hour)
	$(Q)PYTHONPATH=tests/bench:tests/e2e $(PYTHON) tests/server/soak.py $(SOAK_EVENTS)

bench-instructions: $(COUNTED) ## where the instructions of a cold start and of an event go, and whether ours are as many as before
	$(Q)$(PYTHON) tests/bench/instructions.py

keep-instructions: $(COUNTED) ## write tests/bench/instructions.json and the tables of the README anew; read what changed
	$(Q)$(PYTHON) tests/bench/instructions.py --keep
# ----------------------------------------------------------------------------------------- release

RELEASED := $(BUILD)/enable-region-alert
released_files = $(addprefix $(RELEASED)-$(1),.zip .yaml .debug)
OBJCOPY_x86_64 := objcopy
OBJCOPY_arm64 := aarch64-linux-gnu-objcopy
.PHONY: package outdated test-reproducible

package: check-rules $(call released_files,$(ARCH)) ## build/enable-region-alert-ARCH.zip for Lambda, .yaml to deploy it, .debug with its symbols

outdated: packages-package ## what Debian has newer than the libraries of that zip file; ZIP=path: of another
	$(Q)/usr/bin/python3 deploy/outdated.py $(or $(ZIP),$(RELEASED)-$(ARCH).zip)

test-reproducible: packages-fresh packages-build packages-arm64 packages-package ## HEAD, libraries and all, made twice: the same bytes (6 minutes)
	$(Q)tests/package/reproducible.sh $(BUILD)/reproducible

# What is released for the architecture $(1). The template has the zip file beside it for code.
define released
$(RELEASED)-$(1).zip: $(DEPLOYED_$(1))/bootstrap $(DEPLOYED_$(1))/rules deploy/package.py | packages-package
	$$(call say,ZIP,$$@)
	$$(Q)/usr/bin/python3 deploy/package.py $(1) $$(<D) $$@

$(RELEASED)-$(1).yaml: template.yaml Makefile
	$$(call say,GEN,$$@)
	$$(Q)sed -E -e '/BuildMethod: makefile/d' -e 's|(CodeUri:) \.$$$$|\1 $$(@F:.yaml=.zip)|' \
		-e '/^  Architecture:/,/Default:/s/(Default:).*/\1 $(1)/' $$< >$$@

$(RELEASED)-$(1).debug: $(DEPLOYED_$(1))/symbols/bootstrap
	$$(call say,COPY,$$@)
	$$(Q)$(OBJCOPY_$(1)) --only-keep-debug $$< $$@
endef
$(foreach arch,x86_64 arm64,$(eval $(call released,$(arch))))
# ------------------------------------------------------------------------------------------- peers

# The same job done with the SDKs of AWS: build/peers/NAME/bootstrap, and what is deployed, NAME.zip.
PEERS := $(BUILD)/peers
RUST_PEERS := rust rust-prewarmed rust-default
FEATURES_rust := ring
FEATURES_rust-prewarmed := ring,prewarm
FEATURES_rust-default := aws-lc

# One after the other: cargo builds all of its peers in one folder.
.PHONY: peers test-peers
peers: | packages-peers ## what the benchmark compares with, where cargo and go are there (minutes)
	$(Q)for peer in $(RUST_PEERS) go python; do \
		reason=$$(tests/bench/peers/missing.sh $$peer); \
		if [ -n "$$reason" ]; then echo "  PEER  $$peer is left out: $$reason"; \
		else $(MAKE) --no-print-directory $(PEERS)/$$peer.zip; fi; \
	done

$(RUST_PEERS:%=$(PEERS)/%/bootstrap): $(PEERS)/%/bootstrap: $(wildcard $(addprefix \
		tests/bench/peers/,rust/Cargo.toml rust/.cargo/config.toml rust/src/*.rs message/*))
	$(call say,CARGO,$@ (minutes))
	$(Q)cd tests/bench/peers/rust && CARGO_TARGET_DIR=$(abspath $(PEERS))/cargo \
		nice cargo build --quiet --release --features $(FEATURES_$*)
	$(Q)mkdir -p $(@D)
	$(Q)cp $(PEERS)/cargo/*/release/bootstrap $(if $(filter rust,$*),$(PEERS)/cargo/*/release/echo) $(@D)

# What go embeds must be in its own folder.
$(PEERS)/go/bootstrap: $(wildcard tests/bench/peers/go/*.* tests/bench/peers/go/*/*.go tests/bench/peers/message/*)
	$(call say,GO,$@)
	$(Q)rm -rf $(PEERS)/go.source
	$(Q)mkdir -p $(PEERS)
	$(Q)cp -r tests/bench/peers/go $(PEERS)/go.source
	$(Q)cp -r tests/bench/peers/message $(PEERS)/go.source
	$(Q)mkdir -p $(@D)
	$(Q)cd $(PEERS)/go.source && CGO_ENABLED=0 GOTOOLCHAIN=local nice go build -mod=readonly \
		-trimpath -buildvcs=false -ldflags '-s -w' -tags lambda.norpc -o $(abspath $(@D)) ./...

# The bytecode is made to be taken whatever dates the zip gives the sources.
$(PEERS)/python/bootstrap: $(wildcard tests/bench/peers/python/* tests/bench/peers/message/*) | $(BUILD)/venv/ready
	$(call say,PIP,$(@D))
	$(Q)rm -rf $(@D)
	$(Q)$(PIP) install -q --no-deps --no-compile --target $(@D) -r tests/bench/peers/python/requirements.txt
	$(Q)cp -r tests/bench/peers/python/alert.py tests/bench/peers/python/bootstrap tests/bench/peers/message $(@D)
	$(Q)/usr/bin/python3 -m compileall -q --invalidation-mode unchecked-hash $(@D)

$(PEERS)/%.zip: $(PEERS)/%/bootstrap
	$(call say,ZIP,$@)
	$(Q)rm -f $@
	$(Q)cd $(PEERS)/$* && zip -q -r -X -9 ../$*.zip . --exclude echo
	$(Q)advzip --quiet --recompress --shrink-insane $@

test-peers: peers $(BUILD)/venv/ready ## the peers do the same job, and fail where they must
	$(Q)$(PYTEST) -q tests/bench/test_peers.py

# ----------------------------------------------------------------------------------------- testing

PYTHON := $(BUILD)/venv/bin/python
PYTEST := $(PYTHON) -m pytest
PIP := $(PYTHON) -m pip --disable-pip-version-check
EMULATOR := $(BUILD)/aws-lambda-rie
EMULATOR_SHA256 := 6b1e686e62ab2baf5759c412c4864276ef2a88b094fca53ec070637ccba9b9a5
SAM_CLI = $(shell grep '^aws-sam-cli==' tests/stack/requirements.txt)

# What the tests run: $(1) flavour.
tested = packages-test $(BUILD)/$(1)/bootstrap $(UNIT_TESTS:%=$(BUILD)/$(1)/%) $(TOOLS)
TOOLS := $(BUILD)/venv/ready $(EMULATOR)
VALIDATORS := $(BUILD)/sam/ready $(BUILD)/checkov/ready
AWS_CLI := $(BUILD)/awscli/ready
# A function for the tests of the runtime.
MIRROR := $(BUILD)/conformance/mirror
EMULATED := packages-qemu $(ARM64)/bootstrap

$(MIRROR): tests/conformance/mirror.c $(BUILD)/symbols/runtime/liblambda-c-runtime.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -O1 -o $@ $^

demo: all $(TOOLS) ## two events and the alerts they make; EVENT=path: another event
	$(Q)$(PYTHON) tests/e2e/demo.py $(if $(EVENT),"$(EVENT)")

TESTS := $(addprefix tests/,e2e faults stack sigma alert deploy package server conformance bench/test_bench.py)
again = $(Q)$(MAKE) --no-print-directory $(1)

test: all $(call tested,asan) $(FAILING) $(call released_files,x86_64) $(VALIDATORS) $(AWS_CLI) $(MIRROR) $(COUNTED) $(FUZZED) ## every test that does not take long (10 minutes, the first time)
	$(Q)$(call test_runtime,$(BUILD)/runtime,test-tsan)
	$(Q)$(call run_each,$(UNIT_TESTS:%=$(BUILD)/asan/%))
	$(call again,check-rules bench-instructions)
	$(call again,fuzz FUZZ_SECONDS=2)
	$(call again,soak SOAK_EVENTS=10000)
	$(Q)BOOTSTRAP=$(BUILD)/asan/bootstrap $(PYTEST) -m asan tests/e2e
	$(Q)BOOTSTRAP=$(FAILING) $(PYTEST) -m 'not slow' tests/faults/test_allocations.py
	$(Q)$(PYTEST) -m 'not slow' $(TESTS)

# With -k each part runs, whatever has become of the others.
test-long: soak fuzz test-valgrind test-reproducible test-arm64 test-faults test-slow coverage ## what `make test` does not take the time for (half an hour)
test-long: SOAK_EVENTS := 100000
test-long: export FUZZ_SECONDS := 60

test-slow: all $(EMULATED) $(call released_files,arm64) $(VALIDATORS) $(TOOLS) # the tests that are marked as slow
	$(Q)$(PYTEST) -m slow --timeout 600 $(filter-out tests/faults,$(TESTS))

test-faults: all $(FAILING) $(TOOLS) ## all that may fail does, every allocation too, and the books balance (as root)
	$(Q)$(PYTEST) tests/faults
	$(Q)BOOTSTRAP=$(FAILING) $(PYTEST) tests/faults

test-arm64: $(EMULATED) $(TOOLS) ## the bootstrap for arm64, emulated
	$(Q)BOOTSTRAP=tests/e2e/arm64.sh $(PYTEST) -m asan tests/e2e

# The tests as anyone would build them, for memory that no one has written to.
PLAIN := $(BUILD)/plain
$(eval $(call flavour,$(PLAIN),-O1 -g))
VALGRIND := valgrind --quiet --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=definite,possible

test-valgrind: packages-bench packages-test $(UNIT_TESTS:%=$(PLAIN)/%) ## the unit tests under valgrind
	$(Q)$(call run_each,$(UNIT_TESTS:%=$(PLAIN)/%),$(VALGRIND))
	$(Q)$(call test_runtime,$(PLAIN)/runtime,TEST_CFLAGS='-O1 -g' UNDER='$(VALGRIND)')

conformance: $(MIRROR) $(TOOLS) ## lambda-c-runtime against the contract of the Runtime API, with a table of the cases
	$(Q)$(PYTEST) -q tests/conformance

golden: $(BUILD)/sigma $(BUILD)/venv/ready ## write tests/alert/golden anew; read what changed
	$(Q)$(PYTHON) tests/alert/golden.py

pictures: $(BUILD)/sigma $(BUILD)/venv/ready ## draw tests/alert/pictures
	$(Q)$(PYTHON) tests/alert/pictures.py

validate: all $(TOOLS) $(VALIDATORS) ## template.yaml: sam, cfn-lint, checkov and tests of our own, without AWS
	$(Q)$(PYTEST) -q tests/stack --ignore tests/stack/test_build.py

# One test runs as another user, who may not write what was counted.
COVERED := 90

coverage: packages-coverage $(call tested,coverage) $(BUILD)/coverage/sigma ## lines and branches of function/ and runtime/src that tests reach: 90 % of each, or it fails
	$(Q)find $(BUILD)/coverage -name '*.gcda' -delete
	$(Q)$(call test_runtime,$(BUILD)/coverage/runtime,TEST_CFLAGS='$(COVERAGE)')
	$(Q)$(call run_each,$(UNIT_TESTS:%=$(BUILD)/coverage/%))
	$(Q)SIGMA=$(BUILD)/coverage/sigma BOOTSTRAP=$(BUILD)/coverage/bootstrap RUNTIME=$(BUILD)/coverage/runtime \
		$(PYTEST) -m 'not slow' -k 'not another_process' tests/e2e tests/sigma
	$(Q)$(call covered,runtime,runtime/src/,--object-directory runtime) && $(call covered,function,function/)

test-fresh: packages-fresh ## `make demo`, `make test` and the container's commands, of HEAD on a minimal Debian 12
	$(Q)deploy/fresh.sh $(BUILD)/fresh

# $(1) folder of the objects, $(2) of the sources. Twice: a table has lines or branches.
covered = gcovr $(3) --filter $(2) --json $(BUILD)/coverage/$(1).json $(BUILD)/coverage/$(1) && \
	gcovr --add-tracefile $(BUILD)/coverage/$(1).json --txt && \
	gcovr --add-tracefile $(BUILD)/coverage/$(1).json --txt --branches --print-summary \
		--fail-under-line $(COVERED) --fail-under-branch $(COVERED)
run_each = for program in $(1); do $(2) $$program; done
test_runtime = $(MAKE) --no-print-directory -C runtime test BUILD=$(abspath $(1)) $(2)

$(BUILD)/venv/ready: tests/requirements.txt
$(BUILD)/sam/ready: tests/stack/requirements.txt
$(BUILD)/checkov/ready: tests/stack/checkov.txt
$(AWS_CLI): tests/deploy/requirements.txt
$(BUILD)/%/ready: | packages-python
	$(call say,PIP,$(@D))
	$(Q)rm -rf $(@D)
	$(Q)/usr/bin/python3 -m venv $(@D)
	$(Q)$(@D)/bin/python -m pip --disable-pip-version-check install -q -r $<
	$(Q)touch $@

$(EMULATOR): tests/stack/requirements.txt | $(BUILD)/venv/ready
	$(call say,PIP,$@)
	$(Q)$(PIP) download -q --no-deps -d $(BUILD)/wheel $(SAM_CLI)
	$(Q)unzip -p $(BUILD)/wheel/*.whl samcli/local/rapid/aws-lambda-rie-x86_64 >$@
	$(Q)echo '$(EMULATOR_SHA256)  $@' | sha256sum --check --quiet
	$(Q)chmod +x $@
	$(Q)rm -r $(BUILD)/wheel

# ----------------------------------------------------------------------------------------- linting

SHIPPED_SOURCES := $(SOURCES) $(TOOL_SOURCES) $(wildcard runtime/src/*.c)
TEST_SOURCES := $(wildcard runtime/tests/*.c runtime/examples/*.c $(patsubst %,tests/%/*.c,conformance unit fuzz server faults))
HEADERS := $(wildcard function/*.h function/*/*.h runtime/*/*.h runtime/include/*/*.h tests/*/*.h)
LINTS := $(addprefix lint-,format design shell python cppcheck gcc clang scan tidy)
.PHONY: $(LINTS)

lint: $(LINTS) ## all linters and the rules of the house

lint-format: | packages-lint
	$(call say,LINT,clang-format)
	$(Q)clang-format-19 --dry-run -Werror $(SHIPPED_SOURCES) $(TEST_SOURCES) $(HEADERS)

lint-design:
	$(call say,LINT,the rules of the house: tests/lint/design.sh)
	$(Q)tests/lint/design.sh

lint-shell: | packages-lint
	$(call say,LINT,shellcheck)
	$(Q)shellcheck deploy/*.sh tests/*/*.sh .ci/run

lint-python: $(BUILD)/venv/ready
	$(call say,LINT,ruff)
	$(Q)$(PYTHON) -m ruff check -q --no-cache --select E,W,F,B --line-length 100 tests deploy

lint-cppcheck: | packages-lint $(READY)
	$(call say,LINT,cppcheck)
	$(Q)cppcheck -q --error-exitcode=1 --enable=warning,style,performance,portability --std=c11 \
		--inline-suppr $(filter -D% -I%,$(CPPFLAGS)) $(SHIPPED_SOURCES)

# Without -O: the optimiser would take away what the analyzer looks for.
GCC_OBJECTS := $(SHIPPED_SOURCES:%.c=$(BUILD)/lint/gcc/%.o)
lint-gcc: $(GCC_OBJECTS)
$(eval $(call objects,$(BUILD)/lint/gcc,$(CC) -O0 -fanalyzer))

CLANG_OBJECTS := $(patsubst %.c,$(BUILD)/lint/clang/%.o,$(SHIPPED_SOURCES) $(TEST_SOURCES))
lint-clang: $(CLANG_OBJECTS)
$(CLANG_OBJECTS): | packages-lint packages-test
$(eval $(call objects,$(BUILD)/lint/clang,clang-19 -O1))
DEPENDENCIES += $(patsubst %.o,%.d,$(GCC_OBJECTS) $(CLANG_OBJECTS))

# As .clang-tidy says, the functions of Annex K are nothing that glibc has.
SCAN := scan-build-19 --status-bugs -o $(BUILD)/lint/reports $(addprefix -enable-checker ,security optin) \
	-disable-checker security.insecureAPI.DeprecatedOrUnsafeBufferHandling
SCAN_OBJECTS := $(SHIPPED_SOURCES:%.c=$(BUILD)/lint/scan/%.o)
lint-scan: $(SCAN_OBJECTS)
$(SCAN_OBJECTS): | packages-lint
$(eval $(call objects,$(BUILD)/lint/scan,$(SCAN) gcc,| sed '/^scan-build: /d'))
DEPENDENCIES += $(SCAN_OBJECTS:.o=.d)

lint-tidy: $(SHIPPED_SOURCES:%.c=$(BUILD)/lint/tidy/%.ok)
$(BUILD)/lint/tidy/%.ok: %.c $(HEADERS) .clang-tidy Makefile | packages-lint $(READY)
	$(call say,TIDY,$<)
	$(Q)mkdir -p $(@D)
	$(Q)clang-tidy-19 --quiet $< -- -std=c17 $(CPPFLAGS) 2>&1 | sed '/warnings\? generated\.$$/d'
	$(Q)touch $@

# ----------------------------------------------------------------------------------------- general

clean: ## removes build/ and .aws-sam/
	$(Q)rm -rf $(BUILD) .aws-sam

help: ## this list
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 23

-include $(DEPENDENCIES)
