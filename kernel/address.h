/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ADDRESS_H
#define ADDRESS_H

/* The length in bytes of a hardware address of ARPHRD_* type; 0: unknown. */
unsigned char tun_address_len(unsigned short type);

#endif /* ADDRESS_H */
