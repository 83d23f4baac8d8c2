/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames and their details. */
#ifndef DETAILS_FRAMES_H
#define DETAILS_FRAMES_H

static const struct {
	const char *layout;	/* tun or tap; P: with PI, V: virtio-net header */
	const char *hex;
	const char *text;
} detailed[] = {
	{ "tun",
	  "4500003900010000401166b10a0000010a0000029c40003500256d8a123401000001000000000000"
	  "076578616d706c6503636f6d0000010001",
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 17, header 20, packet 57, checksum 0x66b1\n"
	  "    UDP length 37, checksum 0x6d8a\n"
	  "    DNS id 4660, flags 0x0100: query, recursion desired\n"
	  "    question example.com A\n" },
	{ "tun",
	  "4500006600010000401166840a0000020a00000100359c4000523a35123481800001000200000001"
	  "076578616d706c6503636f6d0000010001c00c000500010000012c000603777777c00cc029000100"
	  "010000003c0004c000020100002904d0000000000000",
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 17, header 20, packet 102, checksum 0x6684\n"
	  "    UDP length 82, checksum 0x3a35\n"
	  "    DNS id 4660, flags 0x8180: response, recursion desired, recursion available\n"
	  "    question example.com A\n"
	  "    answer example.com CNAME www.example.com ttl 300 s\n"
	  "    answer www.example.com A 192.0.2.1 ttl 60 s\n"
	  "    additional . EDNS size 1232\n" },
	{ "tun",
	  "6000000000a7114020010db800000000000000000000000120010db8000000000000000000000002"
	  "00359c4000a71c53000983800001000700000000076578616d706c6503636f6d0000ff0001c00c00"
	  "010001000000010004c0000201c00c00010001000000010004c0000202c00c000100010000000100"
	  "04c0000203c00c001c000100000001001020010db8000000000000000000000005c00c000f000100"
	  "0000010004000ac00cc00c0010000100000001000c0b763d73706631202261220ac00c0002000100"
	  "0000010002c00c",
	  "    IPv6 hop limit 64, class 0x00, flow 0x00000, next header 17, payload 167\n"
	  "    UDP length 167, checksum 0x1c53\n"
	  "    DNS id 9, flags 0x8380: response, truncated, recursion desired, recursion available\n"
	  "    question example.com ANY\n"
	  "    answer example.com A 192.0.2.1 ttl 1 s\n"
	  "    answer example.com A 192.0.2.2 ttl 1 s\n"
	  "    answer example.com A 192.0.2.3 ttl 1 s\n"
	  "    answer example.com AAAA 2001:db8::5 ttl 1 s\n"
	  "    answer example.com MX 10 example.com ttl 1 s\n"
	  "    answer example.com TXT \"v=spf1\\x20\\x22a\\x22\\x0a\" ttl 1 s\n"
	  "    answer example.com NS example.com ttl 1 s\n" },
	{ "tap",
	  "01005e0000fb02000000000108004500007100010000ff11d07e0a000001e00000fb14e914e9005d"
	  "d446000084000000000200000000045f697070045f746370056c6f63616c00000c00010000007800"
	  "100d1b5b33316d207072696e746572c00cc0270021800100000078001200000000027704686f7374"
	  "056c6f63616c00",
	  "    Ethernet 02:00:00:00:00:01 > 01:00:5e:00:00:fb, type 0x0800 (IPv4)\n"
	  "    IPv4 ttl 255, tos 0x00, id 1, flags none, offset 0, protocol 17, header 20, packet 113, checksum 0xd07e\n"
	  "    UDP length 93, checksum 0xd446\n"
	  "    mDNS id 0, flags 0x8400: response, authoritative\n"
	  "    answer _ipp._tcp.local PTR \\x1b[31m\\x20printer._ipp._tcp.local ttl 120 s\n"
	  "    answer \\x1b[31m\\x20printer._ipp._tcp.local SRV 0 0 631 host.local ttl 120 s\n" },
	{ "tun",
	  "4500012b00010000401165bf0a0000010a0000029c40003501174c49000101000001000000000000"
	  "3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	  "ffffffffffffffffffffffffffffffffffffffffffffffff3fffffffffffffffffffffffffffffff"
	  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	  "ffffffffffffffff3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff3dffffffffffffff"
	  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	  "ffffffffffffffffffffffffffff0000010001",
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 17, header 20, packet 299, checksum 0x65bf\n"
	  "    UDP length 279, checksum 0x4c49\n"
	  "    DNS id 1, flags 0x0100: query, recursion desired\n"
	  "    question \\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff.\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff.\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff.\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff A\n" },
	{ "tap",
	  "02000000000102000000000208004500013f00010000401165a80a0000010a00000500430044012b"
	  "6c4a020106003903f32600000000000000000a000005000000000000000002000000000100000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000006382"
	  "536335010236040a000001330400000e100104ffffff0003040a00000106080a0000010a0000020f"
	  "076c6162202278221a0205dcff",
	  "    Ethernet 02:00:00:00:00:02 > 02:00:00:00:00:01, type 0x0800 (IPv4)\n"
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 17, header 20, packet 319, checksum 0x65a8\n"
	  "    UDP length 299, checksum 0x6c4a\n"
	  "    DHCP id 0x3903f326, op 2, hops 0, secs 0, flags 0x0000, yours 10.0.0.5\n"
	  "    option 53 message type 2\n"
	  "    option 54 server 10.0.0.1\n"
	  "    option 51 lease 3600 s\n"
	  "    option 1 mask 255.255.255.0\n"
	  "    option 3 router 10.0.0.1\n"
	  "    option 6 name server 10.0.0.1 10.0.0.2\n"
	  "    option 15 domain \"lab\\x20\\x22x\\x22\"\n"
	  "    option 26 mtu 0x05dc\n" },
	{ "tap",
	  "020000000002020000000001080045000178000100004011656f0a0000050a000001004400430164"
	  "f111010106003903f326000000000a00000500000000000000000000000002000000000100000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000000000000000000000000000006382"
	  "536335010300000c6468686868686868686868686868686868686868686868686868686868686868"
	  "68686868686868686868686868686868686868686868686868686868686868686868686868686868"
	  "6868686868686868686868686868686868686868686868686868686868ff",
	  "    Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02, type 0x0800 (IPv4)\n"
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 17, header 20, packet 376, checksum 0x656f\n"
	  "    UDP length 356, checksum 0xf111\n"
	  "    DHCP id 0x3903f326, op 1, hops 0, secs 0, flags 0x0000, client 10.0.0.5\n"
	  "    option 53 message type 3\n"
	  "    option 12 name \"hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh\"\n" },
	{ "tun",
	  "60000000002a1140fe800000000000000000000000000001fe800000000000000000000000000002"
	  "02230223002ac6100c0020010db8000000000000000000000000fe80000000000000000000000000"
	  "0005",
	  "    IPv6 hop limit 64, class 0x00, flow 0x00000, next header 17, payload 42\n"
	  "    UDP length 42, checksum 0xc610\n" },
	{ "tap",
	  "33330000000102000000000286dd6000000000883afffe800000000000000000000000000002ff02"
	  "00000000000000000000000000018600c96340c0070800007530000003e801010200000000020501"
	  "000000000578030440c000015180000038400000000020010db80001000000000000000000000304"
	  "4080ffffffffffffffff0000000020010db800020000000000000000000019050000000002582001"
	  "0db800000000000000000000005320010db8000000000000000000000054",
	  "    Ethernet 02:00:00:00:00:02 > 33:33:00:00:00:01, type 0x86dd (IPv6)\n"
	  "    IPv6 hop limit 255, class 0x00, flow 0x00000, next header 58, payload 136\n"
	  "    ICMPv6 type 134, code 0, checksum 0xc963\n"
	  "    router hop limit 64, flags 0xc0, reachable 30000 ms, retransmit 1000 ms\n"
	  "    option 1 source 02:00:00:00:00:02\n"
	  "    option 5 mtu 1400\n"
	  "    option 3 prefix 2001:db8:1::/64 lifetime 86400 s, preferred 14400 s, on-link, autonomous\n"
	  "    option 3 prefix 2001:db8:2::/64 lifetime for ever, preferred for ever, on-link\n"
	  "    option 25 name servers for 600 s: 2001:db8::53, 2001:db8::54\n" },
	{ "tun",
	  "6000000000b03afffe800000000000000000000000000002ff020000000000000000000000000001"
	  "860007c74000000000000000000000000304400000000001000000010000000020010db800000000"
	  "00000000000000000304400000000001000000010000000020010db8000100000000000000000000"
	  "0304400000000001000000010000000020010db80002000000000000000000000304400000000001"
	  "000000010000000020010db800030000000000000000000003044000000000010000000100000000"
	  "20010db8000400000000000000000000",
	  "    IPv6 hop limit 255, class 0x00, flow 0x00000, next header 58, payload 176\n"
	  "    ICMPv6 type 134, code 0, checksum 0x07c7\n"
	  "    router hop limit 64, flags 0x00, reachable 0 ms, retransmit 0 ms\n"
	  "    option 3 prefix 2001:db8::/64 lifetime 1 s, preferred 1 s\n"
	  "    option 3 prefix 2001:db8:1::/64 lifetime 1 s, preferred 1 s\n"
	  "    option 3 prefix 2001:db8:2::/64 lifetime 1 s, preferred 1 s\n"
	  "    option 3 prefix 2001:db8:3::/64 lifetime 1 s, preferred 1 s\n"
	  "    option 3 prefix 2001:db8:4::/64 lifetime 1 s, preferred 1 s\n" },
	{ "tap",
	  "02000000000102000000000286dd6000000000403afffe800000000000000000000000000002fe80"
	  "00000000000000000000000000018900453400000000fe8000000000000000000000000000032001"
	  "0db8000000000000000000000009020102000000000304020000000000000000000000000000",
	  "    Ethernet 02:00:00:00:00:02 > 02:00:00:00:00:01, type 0x86dd (IPv6)\n"
	  "    IPv6 hop limit 255, class 0x00, flow 0x00000, next header 58, payload 64\n"
	  "    ICMPv6 type 137, code 0, checksum 0x4534\n"
	  "    option 2 target 02:00:00:00:00:03\n"
	  "    option 4, bytes 16\n" },
	{ "tap",
	  "02000000000202000000000188470006403f000c8b3e4500001e00010000400166dc0a0000010a00"
	  "00020800f7f6000700016162",
	  "    Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02, type 0x8847 (MPLS)\n"
	  "    MPLS label 100 ttl 63\n"
	  "    MPLS label 200 class 5 ttl 62, the last\n"
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 1, header 20, packet 30, checksum 0x66dc\n"
	  "    ICMP type 8, code 0, checksum 0xf7f6\n" },
	{ "tunP",
	  "00008847000121404500001e00010000400166dc0a0000010a0000020800f7f6000700016162",
	  "    PI flags 0x0000, protocol 0x8847 (MPLS)\n"
	  "    MPLS label 18 ttl 64, the last\n"
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 1, header 20, packet 30, checksum 0x66dc\n"
	  "    ICMP type 8, code 0, checksum 0xf7f6\n" },
	{ "tun",
	  "461000401267400040067f3a0a0000010a000002940400009c4000500000000100000000a002faf0"
	  "12340000020405b40402080a000000090000000001030307",
	  "    IPv4 ttl 64, tos 0x10, id 4711, flags DF, offset 0, protocol 6, header 24, packet 64, checksum 0x7f3a\n"
	  "    IPv4 options router-alert 0x0000\n"
	  "    TCP seq 1, ack 0, flags 0x02, window 64240, urgent 0, header 40, checksum 0x1234\n"
	  "    TCP options mss 1460 sack-permitted timestamps 9 0 nop window-scale 7\n" },
	{ "tun",
	  "6b8123450020064020010db800000000000000000000000120010db8000000000000000000000002"
	  "9c4000500000000100000002801001f4123400000101050a00000064000000c8",
	  "    IPv6 hop limit 64, class 0xb8, flow 0x12345, next header 6, payload 32\n"
	  "    TCP seq 1, ack 2, flags 0x10, window 500, urgent 0, header 32, checksum 0x1234\n"
	  "    TCP options nop nop sack 100-200\n" },
	{ "tunPV",
	  "00000800010128002000140010004500003000010000400666c50a0000010a000002000100020000"
	  "00030000000450180005000600007878787878787878",
	  "    PI flags 0x0000, protocol 0x0800 (IPv4)\n"
	  "    virtio-net flags 0x01, gso type 0x01 size 32, header 40, csum start 20 offset 16\n"
	  "    IPv4 ttl 64, tos 0x00, id 1, flags none, offset 0, protocol 6, header 20, packet 48, checksum 0x66c5\n"
	  "    TCP seq 3, ack 4, flags 0x18, window 5, urgent 0, header 20, checksum 0x0006\n" },
	/* A virtio-net header without anything in it is no line. */
	{ "tunPV",
	  "000008000000000000000000000045000030000100000006ffff0a0000010a000002000100020000"
	  "00030000000450180005000600007878787878787878",
	  "    PI flags 0x0000, protocol 0x0800 (IPv4)\n"
	  "    IPv4 ttl 0, tos 0x00, id 1, flags none, offset 0, protocol 6, header 20, packet 48, checksum 0xffff\n"
	  "    TCP seq 3, ack 4, flags 0x18, window 5, urgent 0, header 20, checksum 0x0006\n" },
	{ "tap",
	  "ffffffffffff02000000000181002005080600010800060400010200000000010a00000100000000"
	  "00000a000002",
	  "    Ethernet 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, type 0x8100 (VLAN)\n"
	  "    VLAN tag, then type 0x0806 (ARP)\n"
	  "    ARP hardware 1, protocol 0x0800, operation 1, sender 02:00:00:00:00:01 10.0.0.1, target 00:00:00:00:00:00 10.0.0.2\n" },
	{ "tap",
	  "02000000000202000000000100054242036162",
	  "    Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02, length 0x0005\n" },
};

#endif /* DETAILS_FRAMES_H */
