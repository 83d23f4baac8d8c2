// SPDX-License-Identifier: GPL-2.0
#include "address.h"

#include <linux/if_arp.h>

/*
 * The lengths stand here as numbers: the headers that name them (AX.25, ROSE,
 * 6LoWPAN) come and go with a kernel's configuration.
 */
static const struct {
	unsigned short type;
	unsigned char len;
} address_lens[] = {
	{ ARPHRD_NETROM,	7 },
	{ ARPHRD_ETHER,		6 },
	{ ARPHRD_ROSE,		5 },
	{ ARPHRD_TUNNEL,	4 },
	{ ARPHRD_SIT,		4 },
	{ ARPHRD_IPGRE,		4 },
	{ ARPHRD_TUNNEL6,	16 },
	{ ARPHRD_IP6GRE,	16 },
	{ ARPHRD_FDDI,		6 },
	{ ARPHRD_HIPPI,		6 },
	{ ARPHRD_IEEE802,	6 },
	{ ARPHRD_LOCALTLK,	1 },
	{ ARPHRD_IEEE802154,	8 },
	{ ARPHRD_IEEE802154_MONITOR, 8 },
	{ ARPHRD_6LOWPAN,	8 },
};

unsigned char tun_address_len(unsigned short type)
{
	unsigned int i;

	for (i = 0; i < sizeof(address_lens) / sizeof(address_lens[0]); i++)
		if (address_lens[i].type == type)
			return address_lens[i].len;
	return 0;
}
