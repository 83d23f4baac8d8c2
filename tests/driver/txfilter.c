// SPDX-License-Identifier: GPL-2.0-or-later
/* TUNSETTXFILTER: eight addresses exactly, more multicast ones by a hash. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define TAP		(IFF_TAP | IFF_NO_PI)
#define EXACT_MAX	8

static uint8_t buffer[2000];
static int fd, packet;

struct filter {
	struct tun_filter head;
	uint8_t addr[16][ETH_ALEN];
};

static void have_device(void)
{
	fd = device_up("tap0", TAP);
	packet = packet_open("tap0", 0);
}

/* count addresses: 02:..:00, 02:..:01, or with the multicast bit. */
static void filter_fill(struct filter *filter, int count, bool multicast)
{
	int i;

	memset(filter, 0, sizeof(*filter));
	filter->head.count = count;
	for (i = 0; i < count; i++) {
		filter->addr[i][0] = multicast ? 3 : 2;
		filter->addr[i][5] = i;
	}
}

static bool passes(const uint8_t *addr)
{
	uint8_t frame[FRAME_LEN];

	frame_fill(frame, FRAME_LEN, 1);
	memcpy(frame, addr, ETH_ALEN);
	send(packet, frame, FRAME_LEN, 0);
	return read(fd, buffer, sizeof(buffer)) == FRAME_LEN;
}

/* The hash of an address: the upper 6 bits of its CRC. */
static unsigned int hash_of(const uint8_t *addr)
{
	uint32_t crc = ~0u;
	int i, bit;

	for (i = 0; i < ETH_ALEN; i++) {
		for (bit = 0; bit < 8; bit++) {
			bool one = (crc >> 31) ^ (addr[i] >> bit & 1);

			crc = crc << 1 ^ (one ? 0x04c11db7 : 0);
		}
	}
	return crc >> 26;
}

static void test_returns_the_exact_ones(void)
{
	struct filter filter;
	int count;

	have_device();
	for (count = 0; count <= 12; count++) {
		filter_fill(&filter, count, true);
		CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter),
			  count < EXACT_MAX ? count : EXACT_MAX);
		filter_fill(&filter, count, false);
		CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter),
			  count <= EXACT_MAX ? count : 0);
	}
}

static void test_passes_what_is_listed(void)
{
	static const uint8_t broadcast[] = { 255, 255, 255, 255, 255, 255 };
	static const uint8_t other[] = { 2, 0, 0, 0, 0, 99 };
	static const uint8_t group[] = { 1, 0, 0x5e, 0, 0, 1 };
	struct filter filter;
	int i;

	have_device();
	CHECK(passes(other));
	filter_fill(&filter, EXACT_MAX, false);
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), EXACT_MAX);
	for (i = 0; i < EXACT_MAX; i++)
		CHECK(passes(filter.addr[i]));
	CHECK(!passes(other));
	CHECK(!passes(group));
	CHECK(!passes(broadcast));

	memcpy(filter.addr[3], broadcast, ETH_ALEN);
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), EXACT_MAX);
	CHECK(passes(broadcast));
	CHECK(!passes(group));
}

static void test_none_is_no_filter(void)
{
	static const uint8_t other[] = { 2, 0, 0, 0, 0, 99 };
	struct filter filter;

	have_device();
	filter_fill(&filter, 1, false);
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 1);
	CHECK(!passes(other));
	filter.head.count = 0;
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 0);
	CHECK(passes(other));
}

static void test_unicast_past_the_eighth(void)
{
	static const uint8_t other[] = { 2, 0, 0, 0, 0, 99 };
	struct filter filter;

	have_device();
	filter_fill(&filter, 1, false);
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 1);
	CHECK(!passes(other));
	filter_fill(&filter, EXACT_MAX + 2, true);
	filter.addr[EXACT_MAX + 1][0] = 2;
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 0);
	CHECK(passes(other));
}

static void test_all_multicast(void)
{
	static const uint8_t group[] = { 1, 0, 0x5e, 9, 9, 9 };
	static const uint8_t other[] = { 2, 0, 0, 0, 0, 99 };
	struct filter filter;

	have_device();
	filter_fill(&filter, 1, false);
	filter.head.flags = TUN_FLT_ALLMULTI;
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 1);
	CHECK(passes(filter.addr[0]));
	CHECK(passes(group));
	CHECK(!passes(other));
	filter.head.flags = 0;
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 1);
	CHECK(!passes(group));
}

/* Past the eighth a hash of 64 bits: listed ones pass, and their namesakes. */
static void test_hash(void)
{
	uint8_t addr[ETH_ALEN] = { 1, 0, 0x5e, 0, 0, 0 };
	struct filter filter;
	uint64_t hashes = 0;
	int i, passed = 0;

	have_device();
	filter_fill(&filter, 12, true);
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), EXACT_MAX);
	for (i = 0; i < 12; i++)
		CHECK(passes(filter.addr[i]));
	for (i = EXACT_MAX; i < 12; i++)
		hashes |= 1ull << hash_of(filter.addr[i]);
	for (i = 0; i < 256; i++) {
		bool listed = false;

		addr[5] = i;
		listed = hashes >> hash_of(addr) & 1;
		CHECK_INT(passes(addr), listed);
		passed += listed;
		/* The hash lets no unicast address through. */
		addr[0] = 2;
		CHECK(!passes(addr));
		addr[0] = 1;
	}
	CHECK(passed > 0);
}

static void test_drops_are_counted(void)
{
	static const uint8_t other[] = { 2, 0, 0, 0, 0, 99 };
	struct filter filter;
	struct tun_link link;

	have_device();
	filter_fill(&filter, 1, false);
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 1);
	CHECK(!passes(other));
	CHECK(!passes(other));
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.tx_dropped, 2);
}

static void test_errors(void)
{
	struct filter filter;

	filter_fill(&filter, 1, false);
	CHECK_ERRNO(ioctl(device_open("tun0", IFF_TUN | IFF_NO_PI),
			  TUNSETTXFILTER, &filter), EINVAL);
	have_device();
	CHECK_ERRNO(ioctl(fd, TUNSETTXFILTER, 16), EFAULT);
}

static const struct check_test tests[] = {
	{ "txfilter: returns how many are exact",
	  test_returns_the_exact_ones },
	{ "txfilter: passes what is listed", test_passes_what_is_listed },
	{ "txfilter: none is no filter", test_none_is_no_filter },
	{ "txfilter: a unicast one past the eighth",
	  test_unicast_past_the_eighth },
	{ "txfilter: all multicast", test_all_multicast },
	{ "txfilter: a hash past the eighth", test_hash },
	{ "txfilter: drops are counted", test_drops_are_counted },
	{ "txfilter: errors", test_errors },
};

DRIVER_MAIN(tests)
