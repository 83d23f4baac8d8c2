// SPDX-License-Identifier: GPL-2.0-or-later
/* What ethtool asks and sets. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define TUN	(IFF_TUN | IFF_NO_PI)
#define TAP	(IFF_TAP | IFF_NO_PI)
#define MANY	(TAP | IFF_MULTI_QUEUE)

static int ethtool(const char *name, void *request)
{
	struct ifreq ifr = { .ifr_data = request };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret, err;

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	ret = ioctl(fd, SIOCETHTOOL, &ifr);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

static void check_driver(const char *name, const char *bus)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };

	CHECK_OK(ethtool(name, &info));
	CHECK_STR(info.driver, "tun");
	CHECK_STR(info.version, "1.6");
	CHECK_STR(info.bus_info, bus);
	CHECK_INT(info.n_stats, 0);
}

static void test_driver(void)
{
	device_open("tun0", TUN);
	device_open("tap0", TAP);
	check_driver("tun0", "tun");
	check_driver("tap0", "tap");
}

static unsigned int message_level(const char *name)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GMSGLVL };

	CHECK_OK(ethtool(name, &value));
	return value.data;
}

static void test_message_level(void)
{
	struct ethtool_value value = { .cmd = ETHTOOL_SMSGLVL, .data = 3 };
	int fd = device_open("tap0", TAP);

	CHECK_INT(message_level("tap0"), 0);
	CHECK_OK(ethtool("tap0", &value));
	CHECK_INT(message_level("tap0"), 3);
	CHECK_OK(ioctl(fd, TUNSETDEBUG, 5));
	CHECK_INT(message_level("tap0"), 5);
	CHECK_OK(ioctl(fd, TUNSETDEBUG, 0));
}

static bool logged(const char *wanted)
{
	static char text[1 << 18];
	int len = klogctl(3, text, sizeof(text) - 1);	/* all that is there */

	if (len < 0)
		SKIP("the kernel's log may not be read: %s", strerror(errno));
	text[len] = '\0';
	return strstr(text, wanted);
}

/* With the level of drivers (1) changes of a device are in the kernel's log. */
static void test_messages(void)
{
	int fd = device_open("tapquiet", TAP);

	CHECK_OK(ioctl(fd, TUNSETOWNER, 1234));
	CHECK(!logged("tapquiet"));
	CHECK_OK(ioctl(fd, TUNSETDEBUG, 1));
	CHECK_OK(ioctl(fd, TUNSETOWNER, 1234));
	CHECK(logged("tapquiet"));
}

static void test_link(void)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GLINK };
	int fd = device_open("tap0", TAP), off = 0;

	CHECK_OK(if_up("tap0"));
	CHECK_OK(ethtool("tap0", &value));
	CHECK_INT(value.data, 1);
	CHECK_OK(ioctl(fd, TUNSETCARRIER, &off));
	CHECK_OK(ethtool("tap0", &value));
	CHECK_INT(value.data, 0);
}

static int coalesced(const char *name)
{
	struct ethtool_coalesce coalesce = { .cmd = ETHTOOL_GCOALESCE };

	CHECK_OK(ethtool(name, &coalesce));
	return coalesce.rx_max_coalesced_frames;
}

static int set_coalesced(const char *name, int frames)
{
	struct ethtool_coalesce coalesce = {
		.cmd = ETHTOOL_SCOALESCE,
		.rx_max_coalesced_frames = frames,
	};

	return ethtool(name, &coalesce);
}

static void test_coalescing(void)
{
	struct ethtool_coalesce other = {
		.cmd = ETHTOOL_SCOALESCE, .rx_coalesce_usecs = 1,
	};

	device_open("tap0", TAP);
	CHECK_INT(coalesced("tap0"), 0);
	CHECK_OK(set_coalesced("tap0", 7));
	CHECK_INT(coalesced("tap0"), 7);
	CHECK_OK(set_coalesced("tap0", 65));
	CHECK_INT(coalesced("tap0"), 64);
	CHECK_ERRNO(ethtool("tap0", &other), EOPNOTSUPP);
	CHECK_INT(coalesced("tap0"), 64);
}

/* As many masks as the kernel has, which is asked first. */
struct link_settings {
	struct ethtool_link_settings base;
	uint32_t masks[3 * 127];
};

static struct link_settings link_settings(const char *name)
{
	struct link_settings settings = {
		.base.cmd = ETHTOOL_GLINKSETTINGS,
	};

	CHECK_OK(ethtool(name, &settings));
	settings.base.cmd = ETHTOOL_GLINKSETTINGS;
	settings.base.link_mode_masks_nwords *= -1;
	CHECK_OK(ethtool(name, &settings));
	return settings;
}

static void test_link_settings(void)
{
	struct link_settings settings;

	device_open("tap0", TAP);
	settings = link_settings("tap0");
	CHECK_INT(settings.base.speed,
		  kernel_at_least(6, 12) ? SPEED_10000 : SPEED_10);
	CHECK_INT(settings.base.duplex, DUPLEX_FULL);
	CHECK_INT(settings.base.port, PORT_TP);
	CHECK_INT(settings.base.phy_address, 0);
	CHECK_INT(settings.base.autoneg, AUTONEG_DISABLE);
	CHECK_INT(settings.masks[0], 0);

	settings.base.cmd = ETHTOOL_SLINKSETTINGS;
	settings.base.speed = 12345;
	settings.base.duplex = DUPLEX_HALF;
	settings.base.port = PORT_FIBRE;
	CHECK_OK(ethtool("tap0", &settings));
	settings = link_settings("tap0");
	CHECK_INT(settings.base.speed, 12345);
	CHECK_INT(settings.base.duplex, DUPLEX_HALF);
	CHECK_INT(settings.base.port, PORT_FIBRE);
	CHECK_INT(if_up("tap0"), 0);
	CHECK_INT(if_sysfs("tap0", "speed"), 12345);
}

static void test_channels(void)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };

	device_open("tun0", TUN);
	device_open("tap0", MANY);
	device_open("tap0", MANY);
	if (!kernel_at_least(6, 12)) {
		CHECK_ERRNO(ethtool("tap0", &channels), EOPNOTSUPP);
		return;
	}
	CHECK_OK(ethtool("tap0", &channels));
	CHECK_INT(channels.combined_count, 2);
	CHECK_INT(channels.max_combined, 256);
	CHECK_INT(channels.max_rx + channels.max_tx + channels.rx_count +
		  channels.tx_count, 0);
	channels.cmd = ETHTOOL_GCHANNELS;
	CHECK_OK(ethtool("tun0", &channels));
	CHECK_INT(channels.combined_count, 1);
	CHECK_INT(channels.max_combined, 1);
}

static void test_time_stamps(void)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };

	device_open("tap0", TAP);
	CHECK_OK(ethtool("tap0", &info));
	CHECK_INT(info.so_timestamping & (SOF_TIMESTAMPING_RX_SOFTWARE |
					  SOF_TIMESTAMPING_SOFTWARE),
		  SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
	CHECK_INT(info.phc_index, -1);
}

/* A frame is stamped when it is put into the queue. */
static void test_stamped(void)
{
	const int what = SOF_TIMESTAMPING_TX_SOFTWARE |
			 SOF_TIMESTAMPING_SOFTWARE;
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };
	struct msghdr message = { 0 };
	int packet;

	device_up("tap0", TAP);
	CHECK_OK(ethtool("tap0", &info));
	CHECK(info.so_timestamping & SOF_TIMESTAMPING_TX_SOFTWARE);
	packet = packet_open("tap0", 0);
	CHECK_OK(setsockopt(packet, SOL_SOCKET, SO_TIMESTAMPING, &what,
			    sizeof(what)));
	CHECK_OK(frame_send(packet, 60, 1));
	CHECK_OK(recvmsg(packet, &message, MSG_ERRQUEUE | MSG_DONTWAIT));
	CHECK_ERRNO(recvmsg(packet, &message, MSG_ERRQUEUE | MSG_DONTWAIT),
		    EAGAIN);
}

static void test_not_there(void)
{
	struct ethtool_ringparam rings = { .cmd = ETHTOOL_GRINGPARAM };
	struct ethtool_rxnfc indirection = { .cmd = ETHTOOL_GRXRINGS };
	struct ethtool_channels channels = {
		.cmd = ETHTOOL_SCHANNELS, .combined_count = 1,
	};

	device_open("tap0", MANY);
	CHECK_ERRNO(ethtool("tap0", &rings), EOPNOTSUPP);
	CHECK_ERRNO(ethtool("tap0", &indirection), EOPNOTSUPP);
	CHECK_ERRNO(ethtool("tap0", &channels), EOPNOTSUPP);
}

static const struct check_test tests[] = {
	{ "ethtool: the driver", test_driver },
	{ "ethtool: message level", test_message_level },
	{ "ethtool: messages in the log", test_messages },
	{ "ethtool: link", test_link },
	{ "ethtool: coalescing", test_coalescing },
	{ "ethtool: link settings are kept, no more", test_link_settings },
	{ "ethtool: channels", test_channels },
	{ "ethtool: time stamps by software", test_time_stamps },
	{ "ethtool: frames are stamped", test_stamped },
	{ "ethtool: what is not there", test_not_there },
};

DRIVER_MAIN(tests)
