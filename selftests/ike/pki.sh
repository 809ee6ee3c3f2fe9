# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Authorities and certificates for tests, made with openssl. Keys are short, for
# a guest is slow.

work=${work-}
pki=

# pki_init: the folder $pki; needs $work.
pki_init() {
	command -v openssl > /dev/null || skip_all "missing program: openssl"
	pki=$work/pki
	mkdir -p "$pki"
	# A folder of certificates that is nobody's business.
	chmod 755 "$work" "$pki"
	cat > "$pki/cnf" <<-END
		[req]
		distinguished_name = none
		prompt = no
		[none]
		[ca]
		default_ca = this
		[this]
		dir = $pki
		database = \$dir/\${ENV::CA}.index
		serial = \$dir/\${ENV::CA}.serial
		crlnumber = \$dir/\${ENV::CA}.number
		certificate = \$dir/\${ENV::CA}.pem
		private_key = \$dir/\${ENV::CA}.key
		new_certs_dir = \$dir
		unique_subject = no
		default_md = sha256
		default_crl_days = 30
		policy = any
		[any]
		O = supplied
		CN = supplied
		[authority]
		basicConstraints = critical, CA:TRUE
		keyUsage = critical, keyCertSign, cRLSign
		[gateway]
		subjectAltName = \${ENV::SAN}
		[plain]
		keyUsage = digitalSignature
	END
	# An empty variable would be an error of the file.
	export CA=none SAN=DNS:none
}

_openssl() {
	openssl "$@" > "$pki/out" 2>&1 || {
		diag "openssl $1:" "$(cat "$pki/out")"
		exit 1
	}
}

# _request NAME: key and request.
_request() {
	_openssl genrsa -out "$pki/$1.key" 1024
	_openssl req -new -config "$pki/cnf" -key "$pki/$1.key" \
		-subj "/O=Test/CN=$1" -out "$pki/$1.csr"
}

# _issue NAME AUTHORITY SECTION [START [END [OPTION...]]]: NAME.pem
_issue() {
	CA=$2 _openssl ca -batch -notext -config "$pki/cnf" -extensions "$3" \
		-in "$pki/${1%.*}.csr" -out "$pki/$1.pem" \
		-startdate "${4:-20200101000000Z}" \
		-enddate "${5:-20990101000000Z}" "${@:6}"
}

# authority NAME [AUTHORITY]: by itself or by another one.
authority() {
	: > "$pki/$1.index"
	echo 01 | tee "$pki/$1.serial" > "$pki/$1.number"
	_request "$1"
	if [ "${2:-}" ]; then
		_issue "$1" "$2" authority
	else
		_issue "$1" "$1" authority "" "" -selfsign
	fi
}

# certificate NAME AUTHORITY ALTERNATIVE-NAMES [START [END]]: without names if
# there are none. "NAME.old" is another certificate of NAME, for the same key.
certificate() {
	[ -e "$pki/${1%.*}.csr" ] || _request "${1%.*}"
	if [ "$3" ]; then
		SAN=$3 _issue "$1" "$2" gateway "${@:4}"
	else
		_issue "$1" "$2" plain "${@:4}"
	fi
}

# revoke NAME AUTHORITY
revoke() {
	CA=$2 _openssl ca -batch -config "$pki/cnf" -revoke "$pki/$1.pem"
}

# crl AUTHORITY: AUTHORITY.crl
crl() {
	CA=$1 _openssl ca -gencrl -config "$pki/cnf" -out "$pki/$1.crl"
}

# pki_config NS HERE THERE LOCAL-NET REMOTE-NET [REVOCATION [IDENTITY]]: a gateway
# that trusts root, with $pki/NS.pem and NS.key.
pki_config() {
	config "$1" <<-END
		${7:-crypto isakmp identity address}
		crypto pki trustpoint TP
		 enrollment terminal
		 ${6:-revocation-check none}
		 file ca $pki/root.pem
		 file certificate $pki/$1.pem
		 file private-key $pki/$1.key
		crypto isakmp policy 10
		 encryption aes
		 hash sha
		 authentication rsa-sig
		 group 5
		crypto ipsec transform-set TS esp-aes esp-sha-hmac
		crypto map M 10 ipsec-isakmp
		 set peer $3
		 set transform-set TS
		 match address 101
		interface FastEthernet0/0
		 device $2
		 crypto map M
		access-list 101 permit ip $4 $5
	END
}
