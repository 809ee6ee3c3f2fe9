// SPDX-License-Identifier: GPL-2.0-or-later
/* What a router answers to lines with errors, and to question marks. */
#include "cfg_help.h"

static char *printed;
static size_t printed_size;

/* The answer to a line typed behind the prompt of its mode. */
static const char *answer(struct ed *d, const char *line)
{
	char prompt[128];
	enum cfg_result r;
	FILE *f;

	free(printed);
	printed = NULL;
	f = open_memstream(&printed, &printed_size);
	cfg_prompt(d->cfg, "Router", &d->e.path, prompt, sizeof(prompt));
	r = cfg_edit_line(&d->e, line);
	fputs(ed_answer(d), f);
	cfg_edit_complain(f, &d->e, r, line, strlen(prompt));
	fclose(f);
	return printed;
}

#define INVALID "% Invalid input detected at '^' marker.\n\n"
#define NOTE                                                              \
	"% NOTE: This new crypto map will remain disabled until a peer\n" \
	"        and a valid access list have been configured.\n"

static const struct {
	const char *before;
	const char *line;
	const char *want;
} cases[] = {
	/* "Router(config)#" is 15 columns wide. */
	{ "", "crypto isakmp polcy 10",
	  "                                ^\n" INVALID },
	{ "", "crypto isakmp policy 0",
	  "                                    ^\n" INVALID },
	{ "", "crypto isakmp policy 10001",
	  "                                    ^\n" INVALID },
	{ "", "crypto isakmp policy 10 x",
	  "                                       ^\n" INVALID },
	{ "", "frobnicate", "               ^\n" INVALID },
	{ "", "crypto isakmp key k address 1.2.3.400",
	  "                                           ^\n" INVALID },
	{ "", "crypto isakmp policy", "% Incomplete command.\n\n" },
	{ "", "crypto map M 10", "% Incomplete command.\n\n" },
	{ "", "crypto i", "% Ambiguous command:  \"crypto i\"\n" },
	{ "", "no crypto isakmp policy", "% Incomplete command.\n\n" },
	{ "", "n hostname", "               ^\n" INVALID },
	/* "Router(config-isakmp)#" is 22 columns wide. */
	{ "crypto isakmp policy 1", "lifetime 59",
	  "                               ^\n" INVALID },
	{ "crypto isakmp policy 1", "hash sha257",
	  "                                ^\n" INVALID },
	{ "crypto isakmp policy 1", "group 3",
	  "                            ^\n" INVALID },
	{ "crypto isakmp policy 1", "encryption", "% Incomplete command.\n\n" },
	/* The mode in which it got further; the own one when neither did. */
	{ "crypto isakmp policy 1", "crypto isakmp polcy 10",
	  "                                       ^\n" INVALID },
	{ "crypto isakmp policy 1", "mode tunnel",
	  "                      ^\n" INVALID },
	/* Notes and refusals. */
	{ "", "crypto map M 10 ipsec-isakmp", NOTE },
	{ "", "crypto map M 10 ipsec-manual", NOTE },
	{ "crypto map M 10 ipsec-isakmp", "crypto map M 10 ipsec-isakmp", "" },
	{ "crypto map M 10 ipsec-isakmp", "crypto map M 10", "" },
	{ "", "crypto map M 10 ipsec-isakmp dynamic D", "" },
	{ "", "crypto dynamic-map D 10", "" },
	{ "crypto map M 10 ipsec-isakmp dynamic D",
	  "crypto map M 10 ipsec-isakmp dynamic E",
	  "Attempt to change dynamic map tag for existing crypto map is not "
	  "permitted.\n" },
	{ "crypto map M 10 ipsec-isakmp", "set transform-set X",
	  "ERROR: transform set with tag \"X\" does not exist.\n" },
	{ "interface fa0/0", "crypto map X",
	  "ERROR: Crypto Map with tag \"X\" does not exist.\n" },
	{ "crypto map M 10 ipsec-isakmp\ninterface fa0/0\ncrypto map M",
	  "no crypto map M 10", "" },
	{ "crypto map M 10 ipsec-isakmp\ninterface fa0/0\ncrypto map M\nexit",
	  "no crypto map M",
	  "Crypto-map M is in use by interface(s): FastEthernet0/0. Please "
	  "remove the crypto map from the above interface(s) first\n" },
	{ "crypto ipsec transform-set S esp-aes esp-sha-hmac\n"
	  "crypto map M 10 ipsec-isakmp\nset transform-set S\nexit",
	  "no crypto ipsec transform-set S",
	  "% Transform set S is in use by crypto map M 10\n" },
	{ "", "crypto ipsec transform-set S esp-gcm esp-sha-hmac",
	  "% Invalid transform combination: this cipher carries its own "
	  "authentication\n" },
	{ "", "crypto ipsec transform-set S esp-null",
	  "% Invalid transform combination: esp-null needs an ESP "
	  "authentication transform\n" },
	{ "", "crypto ipsec transform-set S esp-aes esp-3des esp-sha-hmac",
	  "% Invalid transform combination: more than one ESP cipher\n" },
	{ "", "crypto ipsec transform-set S comp-lzs",
	  "% Invalid transform combination: comp-lzs needs an ESP or AH "
	  "transform\n" },
	{ "", "crypto ipsec transform-set S esp-des 256 esp-sha-hmac",
	  "% Invalid transform combination: this transform has no key size\n" },
	{ "crypto isakmp key k address 192.0.2.1",
	  "crypto isakmp key other address 192.0.2.1",
	  "A pre-shared key for address mask 192.0.2.1 255.255.255.255 already "
	  "exists!\n" },
	{ "", "crypto isakmp profile P",
	  "% A profile is deemed incomplete until it has match identity "
	  "statements\n" },
	{ "crypto map M 10 ipsec-isakmp",
	  "set session-key inbound ah 256 0011223344556677",
	  "% Session keys belong to entries of type ipsec-manual.\n" },
	{ "crypto map M 10 ipsec-isakmp", "match address 5",
	  "% A crypto map needs an extended access list.\n" },
	{ "", "crypto isakmp key <removed> address 192.0.2.1",
	  "% The key was left out when this was shown; enter the key itself.\n" },
	/* A comment behind a command, but not inside a key or a text. */
	{ "", "hostname R1 ! a note", "" },
	{ "", "crypto isakmp enable ! x", "" },
	{ "", "! only a comment", "" },
	/* Upper case. */
	{ "", "CRYPTO ISAKMP Enable", "" },
};

static void test_answers(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ed d;

		ed_start(&d);
		ed_lines(&d, cases[i].before);
		ed_answer(&d);
		is(answer(&d, cases[i].line), cases[i].want, cases[i].line);
		ed_end(&d);
	}
}

static const char *help(const char *before, const char *line)
{
	struct ed d;
	FILE *f;

	free(printed);
	printed = NULL;
	f = open_memstream(&printed, &printed_size);
	ed_start(&d);
	ed_lines(&d, before);
	cfg_edit_help(f, &d.e, line);
	fclose(f);
	ed_end(&d);
	return printed;
}

static void test_help(void)
{
	is(help("", "crypto isakmp policy "),
	   "  <1-10000>  Priority of protection suite\n", "a range");
	is(help("crypto isakmp policy 1", "authentication "),
	   "  pre-share  Pre-Shared Key\n"
	   "  rsa-encr   Rivest-Shamir-Adleman Encryption\n"
	   "  rsa-sig    Rivest-Shamir-Adleman Signature\n",
	   "words and what they mean");
	is(help("crypto isakmp policy 1", "encryption "),
	   "  3des  Three key triple DES\n"
	   "  aes   AES - Advanced Encryption Standard.\n"
	   "  des   DES - Data Encryption Standard (56 bit keys).\n",
	   "ciphers");
	is(help("crypto isakmp policy 1", "encryption aes "),
	   "  128  128 bit keys.\n  192  192 bit keys.\n"
	   "  256  256 bit keys.\n  <cr>\n",
	   "the line may end");
	is(help("", "crypto isakmp a"), "  aggressive-mode  Aggressive mode\n",
	   "part of a word");
	is(help("", "crypto i"), "ipsec  isakmp\n", "part of two words");
	is(help("", "crypto foo "), "% Unrecognized command\n", "nothing fits");
	is(help("", "crypto i "), "% Ambiguous command:  \"crypto i \"\n",
	   "too many fit");
}

/* Modes: prompts, exit, end, fall-back, objects that are gone. */
static void test_modes(void)
{
	static const struct {
		const char *line;
		const char *prompt;
		enum cfg_result result;
	} steps[] = {
		{ "crypto isakmp policy 5", "R(config-isakmp)#", CFG_DONE },
		{ "crypto isakmp peer address 192.0.2.1",
		  "R(config-isakmp-peer)#", CFG_DONE },
		{ "crypto isakmp profile P", "R(conf-isa-prof)#", CFG_DONE },
		{ "crypto keyring K", "R(conf-keyring)#", CFG_DONE },
		{ "crypto isakmp client configuration group G",
		  "R(config-isakmp-group)#", CFG_DONE },
		{ "crypto pki trustpoint T", "R(ca-trustpoint)#", CFG_DONE },
		{ "crypto ipsec transform-set S esp-aes esp-sha-hmac",
		  "R(cfg-crypto-trans)#", CFG_DONE },
		{ "crypto dynamic-map D 1", "R(config-crypto-map)#", CFG_DONE },
		{ "crypto map M 1 ipsec-isakmp dynamic D", "R(config)#",
		  CFG_DONE },
		{ "interface fa1/0", "R(config-if)#", CFG_DONE },
		/* A command of the interface, then one of the global mode. */
		{ "crypto map M", "R(config-if)#", CFG_DONE },
		{ "crypto map M 2 ipsec-isakmp", "R(config-crypto-map)#",
		  CFG_DONE },
		{ "no crypto map M 2", "R(config)#", CFG_DONE },
		{ "ip access-list extended A", "R(config-ext-nacl)#",
		  CFG_DONE },
		{ "ip access-list standard B", "R(config-std-nacl)#",
		  CFG_DONE },
		{ "exit", "R(config)#", CFG_DONE },
		{ "do show clock", "R(config)#", CFG_EXEC },
		{ "exit", "R(config)#", CFG_LEFT },
		{ "interface fa1/0", "R(config-if)#", CFG_DONE },
		{ "end", "R(config)#", CFG_LEFT },
	};
	char prompt[64];
	struct ed d;
	size_t i;

	ed_start(&d);
	ed_lines(&d, "hostname R");
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		ok(cfg_edit_line(&d.e, steps[i].line) == steps[i].result,
		   "result of '%s'", steps[i].line);
		cfg_prompt(d.cfg, "x", &d.e.path, prompt, sizeof(prompt));
		is(prompt, steps[i].prompt, "its prompt");
	}
	ed_lines(&d, "interface fa1/0");
	cfg_del(&d.cfg->interfaces,
		cfg_find(&d.cfg->interfaces, "FastEthernet1/0"));
	ok(cfg_edit_line(&d.e, "shutdown") == CFG_INVALID,
	   "an object that somebody else deleted");
	ed_lines(&d, "hostname a-name-that-is-much-too-long");
	is(cfg_prompt(d.cfg, "x", &d.e.path, prompt, sizeof(prompt)),
	   "a-name-that-is-much-(config)#", "a long name is cut");
	ed_end(&d);
}

static void test_masks(void)
{
	static const char *const lines[][2] = {
		{ "crypto isakmp key secret address 1.2.3.4",
		  "crypto isakmp key ****** address 1.2.3.4" },
		{ "crypto isakmp key 6 secret address 1.2.3.4",
		  "crypto isakmp key 6 ****** address 1.2.3.4" },
		{ "pre-shared-key address 1.2.3.4 key abc",
		  "pre-shared-key address 1.2.3.4 key ***" },
		{ "set session-key inbound ah 256 0011223344556677",
		  "set session-key inbound ah 256 ****************" },
		{ "username u password 7 08314942",
		  "username u password 7 ********" },
		{ "crypto key generate rsa", "crypto key generate rsa" },
		{ "hostname R1", "hostname R1" },
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *masked = cfg_mask_line(lines[i][0]);

		is(masked, lines[i][1], "a masked line");
		free(masked);
	}
}

int main(void)
{
	test_answers();
	test_help();
	test_modes();
	test_masks();
	free(printed);
	cfg_modes_free();
	return ktap_end();
}
