#!/usr/bin/env bash
# A real Kafka (KRaft, one node), InfluxDB 2 and S3 (versitygw) on loopback, without Docker. What is built is kept in a cache.
#
#   npm run servers build  [kafka] [influx] [s3]            once: 9 to 16 minutes on two cores
#   npm run servers start  [kafka] [influx] [s3]            builds what is missing, waits until healthy, prints what to export:
#                                                           eval "$(npm run -s servers start)"
#   npm run servers env    [kafka] [influx] [s3]            prints that of those that run, and starts nothing
#   npm run servers stop   [kafka] [influx] [s3] [--kill]   SIGTERM and wait; --kill is kill -9
#   npm run servers status [kafka] [influx] [s3]            exit 0 if all that are named run
#   npm run servers wipe   [kafka] [influx] [s3]            kills them and deletes their data; what was built stays
#   npm run servers build  telegraf                         the peer of `npm run bench -- kafka`: 5 minutes
#
# Without a name: Kafka and InfluxDB (tests start an S3 of their own). Settings: HALLWAY_SERVERS (the cache), SERVERS_DATA
# (its folder data), KAFKA_PORT (29092; the controller has the next one), INFLUX_PORT (28086), INFLUX_TOKEN, KAFKA_KEYSTORE,
# S3_PORT (28070). Another set beside the first: its own SERVERS_DATA and ports.
set -euo pipefail

CACHE=${HALLWAY_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/hallway-servers}
DATA=${SERVERS_DATA:-$CACHE/data}
KAFKA_VERSION=3.9.2
INFLUX_VERSION=v2.9.1 # v2.10.0 asks for a newer Go than machines have
KAFKA_JARS=$CACHE/kafka-$KAFKA_VERSION
INFLUXD=$CACHE/influxd-$INFLUX_VERSION
S3_VERSION=v1.8.0
VERSITYGW=$CACHE/versitygw-$S3_VERSION
TELEGRAF_VERSION=v1.36.4
TELEGRAF=$CACHE/telegraf-$TELEGRAF_VERSION
KAFKA_PORT=${KAFKA_PORT:-29092}
INFLUX_PORT=${INFLUX_PORT:-28086}
S3_PORT=${S3_PORT:-28070}
INFLUX_TOKEN=${INFLUX_TOKEN:-hallway-dev-token} # no secret: nothing but loopback is listened on

say() { printf 'servers: %s\n' "$*" >&2; } # stdout is for `eval`
fail() { say "$@"; exit 1; }
need() { command -v "$1" >/dev/null || fail "expected $1, found none. Install it: $2"; }

# ---- build -------------------------------------------------------------------------------------------------------

build_kafka() {
  need java 'apt-get install -y openjdk-17-jre-headless'
  [[ -d $KAFKA_JARS ]] && return
  need mvn 'apt-get install -y maven'
  say "Kafka $KAFKA_VERSION: Maven fetches its jars"
  # slf4j-reload4j is no dependency of Kafka; without it not one line is logged.
  cat >pom.xml <<XML
<project>
  <modelVersion>4.0.0</modelVersion><groupId>hallway</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$KAFKA_VERSION</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
XML
  mvn -q -B -Dstyle.color=never dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=jars >&2
  mv jars "$KAFKA_JARS" # last, so that a folder that is there is whole
}

build_influx() {
  need curl 'apt-get install -y curl'
  [[ -x $INFLUXD ]] && return
  need gcc 'apt-get install -y build-essential'
  need go "Go 1.25.10 or newer from https://go.dev/dl (Debian 12's own is too old)"
  need cargo "Rust from https://rustup.rs (Debian 12's own is too old; 1.95 works)"
  say "InfluxDB $INFLUX_VERSION: compiles Flux (Rust) and influxd (Go), about 6 minutes on two cores"
  # Caches of its own, gigabytes, that go with the folder; a build that was cut off goes on from them.
  export GOMODCACHE=$PWD/modules GOCACHE=$PWD/objects GOFLAGS='-modcacherw -buildvcs=false' CGO_ENABLED=1
  # Flux names an old Rust that nobody has. And cargo's result is looked for where it lies if nobody says otherwise.
  if command -v rustup >/dev/null; then RUSTUP_TOOLCHAIN=$(rustup default | cut -d' ' -f1) && export RUSTUP_TOOLCHAIN; fi
  unset CARGO_TARGET_DIR CARGO_BUILD_TARGET
  go mod download -json "github.com/influxdata/influxdb/v2@$INFLUX_VERSION" >module.json
  # As a main module, since `replace` lines count in no other.
  rm -rf source && cp -r "$(sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' module.json)" source
  # This pkg-config compiles Flux when cgo asks for it. No web pages (tag `assets`): they would be another download.
  (cd source && GOBIN=$OLDPWD go install github.com/influxdata/pkg-config >&2)
  (cd source && PKG_CONFIG=$OLDPWD/pkg-config PATH=$OLDPWD:$PATH go build -trimpath -o ../influxd \
    -tags sqlite_foreign_keys,sqlite_json -ldflags "-s -w -X main.version=$INFLUX_VERSION" ./cmd/influxd >&2)
  mv influxd "$INFLUXD"
}

build_s3() {
  [[ -x $VERSITYGW ]] && return
  need go "Go 1.25.10 or newer from https://go.dev/dl (Debian 12's own is too old)"
  say "versitygw $S3_VERSION: compiles, about 3 minutes on two cores"
  GOMODCACHE=$PWD/modules GOCACHE=$PWD/objects GOFLAGS='-modcacherw -buildvcs=false' GOBIN=$PWD \
    go install "github.com/versity/versitygw/cmd/versitygw@$S3_VERSION" >&2
  mv versitygw "$VERSITYGW"
}

# Only what reads JSON from Kafka and writes to InfluxDB.
build_telegraf() {
  [[ -x $TELEGRAF ]] && return
  need go "Go 1.25.10 or newer from https://go.dev/dl (Debian 12's own is too old)"
  say "Telegraf $TELEGRAF_VERSION: compiles, about 5 minutes on two cores"
  export GOMODCACHE=$PWD/modules GOCACHE=$PWD/objects GOFLAGS='-modcacherw -buildvcs=false' CGO_ENABLED=0
  go mod download -json "github.com/influxdata/telegraf@$TELEGRAF_VERSION" >module.json
  # As a main module: one with `replace` lines cannot be installed.
  rm -rf source && cp -r "$(sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' module.json)" source
  (cd source && go build -trimpath -o ../telegraf -ldflags '-s -w' \
    -tags custom,inputs.kafka_consumer,outputs.influxdb_v2,parsers.json,serializers.influx ./cmd/telegraf >&2)
  mv telegraf "$TELEGRAF"
}

build() { # NAME: one build at a time on a machine, in a folder that is deleted afterwards
  mkdir -p "$CACHE/build/$1"
  (
    exec 9>"$CACHE/$1.lock" && flock 9
    mkdir -p "$CACHE/build/$1" && cd "$CACHE/build/$1" && "build_$1"
  )
  rm -rf "$CACHE/build/$1"
}

# ---- who runs ----------------------------------------------------------------------------------------------------

# A pid may belong to somebody else by now; pid and start time may not. A zombie whose threads still hold the port runs.
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" || $18 > 1 { print $20 }' || true; }
runs() { # NAME → PID, PORT
  local since
  [[ -f $DATA/$1.pid ]] && read -r PID since PORT <"$DATA/$1.pid" && [[ -n $since && $(born "$PID") == "$since" ]]
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

launch() { # NAME PORT COMMAND…: out of reach of the terminal's Ctrl-C; returns when it is healthy
  local name=$1 port=$2 deadline=$((SECONDS + 90))
  setsid "${@:3}" </dev/null >"$DATA/$name.log" 2>&1 9>&- &
  echo "$! $(born $!) $port" >"$DATA/$name.pid"
  until "healthy_$name"; do
    runs "$name" && ((SECONDS < deadline)) || { tail -n 20 "$DATA/$name.log" >&2; fail "$name does not start: see $DATA/$name.log"; }
    sleep 0.1
  done
}

# ---- start -------------------------------------------------------------------------------------------------------

# With a keystore (PKCS 12, password `hallway`, its authority beside it in ca.crt) clients need TLS, and the user `hallway` with the password `hush-hush`.
# What comes later in the file counts.
secure_kafka() {
  local plain=org.apache.kafka.common.security.plain.PlainLoginModule
  cat <<END
listeners=CLIENT://127.0.0.1:$KAFKA_PORT,CONTROLLER://127.0.0.1:$((KAFKA_PORT + 1))
listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.client.plain.sasl.jaas.config=$plain required username="hallway" password="hush-hush" user_hallway="hush-hush" user_guest="hush-hush";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:hallway;User:ANONYMOUS
allow.everyone.if.no.acl.found=true
ssl.keystore.type=PKCS12
ssl.keystore.location=$KAFKA_KEYSTORE
ssl.keystore.password=hallway
ssl.truststore.type=PEM
ssl.truststore.location=${KAFKA_KEYSTORE%/*}/ca.crt
END
}

# The port opens before the broker can be used; this line comes when it can.
healthy_kafka() { grep -q 'Kafka Server started' "$DATA/kafka.log" && listens "$KAFKA_PORT"; }
start_kafka() {
  local at=$DATA/kafka controller=127.0.0.1:$((KAFKA_PORT + 1))
  # One node cannot hold three copies. A short session, since a killed broker is let in again only when its last one is over.
  # A topic that nobody made is an error.
  cat >"$at/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$KAFKA_PORT,CONTROLLER://$controller
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$at/log
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.replication.factor=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
END
  [[ -z ${KAFKA_KEYSTORE:-} ]] || secure_kafka >>"$at/server.properties"
  cat >"$at/log4j.properties" <<'END'
log4j.rootLogger=WARN, out
log4j.logger.kafka.server.KafkaRaftServer=INFO
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
END
  local java=(java -Xms256m -Xmx768m -XX:+ExitOnOutOfMemoryError "-Dlog4j.configuration=file:$at/log4j.properties" -cp "$KAFKA_JARS/*")
  # Any 16 bytes are a cluster id.
  [[ -f $at/log/meta.properties ]] ||
    "${java[@]}" kafka.tools.StorageTool format --cluster-id aGFsbHdheS1zZXJ2ZXJzMQ --config "$at/server.properties" >&2
  launch kafka "$KAFKA_PORT" "${java[@]}" kafka.Kafka "$at/server.properties"
}

influx() { curl -sS -m 10 -H "Authorization: Token $INFLUX_TOKEN" "http://127.0.0.1:$INFLUX_PORT$1" "${@:2}"; }
healthy_influx() { influx /health -f -o /dev/null 2>/dev/null; }
start_influx() {
  local at=$DATA/influx
  # Without a folder of its own it reads a config.json of wherever it was started.
  launch influx "$INFLUX_PORT" env "INFLUXD_CONFIG_PATH=$at" "$INFLUXD" --http-bind-address "127.0.0.1:$INFLUX_PORT" \
    --bolt-path "$at/influxd.bolt" --sqlite-path "$at/influxd.sqlite" --engine-path "$at/engine" \
    --reporting-disabled --ui-disabled --log-level warn
  # Empty data may be set up once, with the token that it is given.
  if influx /api/v2/setup | grep -q '"allowed": *true'; then
    influx /api/v2/setup -f -o /dev/null -d "{\"username\": \"hallway\", \"password\": \"$INFLUX_TOKEN\", \"org\": \"hallway\",
      \"bucket\": \"hallway\", \"token\": \"$INFLUX_TOKEN\", \"retentionPeriodSeconds\": 0}"
  fi
  influx /api/v2/orgs -f -o /dev/null 2>/dev/null || fail "expected the INFLUX_TOKEN that made $at: give that one, or wipe"
}

healthy_s3() { listens "$S3_PORT"; }
# No secret: nothing but loopback is listened on. What is no file of ours (access lists, content types) is kept beside the files.
start_s3() {
  mkdir -p "$DATA/s3/files" "$DATA/s3/sidecar"
  launch s3 "$S3_PORT" env ROOT_ACCESS_KEY=hallway-dev ROOT_SECRET_KEY=hallway-dev-secret "$VERSITYGW" \
    --port "127.0.0.1:$S3_PORT" --quiet posix --sidecar "$DATA/s3/sidecar" "$DATA/s3/files"
}

keys() { # drawn once: with other keys a badge would have another pseudonym
  [[ -s $DATA/pseudonym-keys ]] ||
    (umask 077 && echo "1:$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')" >"$DATA/pseudonym-keys")
  cat "$DATA/pseudonym-keys"
}

# ---- what can be asked -------------------------------------------------------------------------------------------

do_build() { build "$1"; }
do_env() { # says where it is, which need not be where it would be started
  runs "$1" || return 0
  case $1 in
    kafka) echo "export KAFKA_BROKERS=127.0.0.1:$PORT" ;;
    influx) printf 'export INFLUX_%s\n' "URL=http://127.0.0.1:$PORT" "TOKEN=$INFLUX_TOKEN" ORG=hallway BUCKET=hallway ;;
    s3) printf 'export S3_%s\n' "ENDPOINT=http://127.0.0.1:$PORT" ACCESS_KEY=hallway-dev SECRET_KEY=hallway-dev-secret ;;
  esac
}
do_start() {
  local port=${1^^}_PORT
  build "$1"
  if ! runs "$1"; then
    listens "${!port}" && fail "expected port ${!port} to be free for $1: choose another by $port"
    mkdir -p "$DATA/$1"
    "start_$1"
    say "$1 runs on 127.0.0.1:${!port}, its data in $DATA/$1"
  fi
  do_env "$1"
}
do_stop() {
  local tenths=600
  runs "$1" || { say "$1 does not run"; return 0; }
  kill "-$SIGNAL" "$PID"
  while runs "$1"; do
    ((tenths-- > 0)) || fail "$1 (pid $PID) still runs after a minute: stop it with --kill"
    sleep 0.1
  done
  say "$1 stopped ($SIGNAL)"
}
do_status() {
  if runs "$1"; then echo "$1 runs on 127.0.0.1:$PORT, pid $PID, $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$PID/status") MiB"
  else echo "$1 does not run" && CODE=1; fi
}
do_wipe() { SIGNAL=KILL; do_stop "$1" && rm -rf "${DATA:?}/$1" "$DATA/$1".{log,pid}; }

ACTION=${1:-help} SIGNAL=TERM CODE=0 NAMES=()
for word in "${@:2}"; do
  case $word in
    kafka | influx | s3) NAMES+=("$word") ;;
    telegraf) [[ $ACTION == build ]] || fail "expected build telegraf: it is started by who measures"; NAMES+=(telegraf) ;;
    --kill) SIGNAL=KILL ;;
    *) fail "expected kafka, influx, s3, telegraf or --kill, found $word" ;;
  esac
done
((${#NAMES[@]})) || NAMES=(kafka influx)
case $ACTION in
  build | start | env | stop | status | wipe) for name in "${NAMES[@]}"; do "do_$ACTION" "$name"; done ;;
  *) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2 && [[ $ACTION == help ]] || CODE=1 ;;
esac
if [[ $ACTION == start ]] || { [[ $ACTION == env ]] && { runs kafka || runs influx; }; }; then echo "export PSEUDONYM_KEYS=$(keys)"; fi
exit $CODE
