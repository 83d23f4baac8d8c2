// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The only process of a guest: loads the modules /modules/NN-*.ko in order,
 * brings eth0 up as 10.9.0.2/24 with as many queues as it has, and leaves the
 * rest to the kernel, which answers ping. Linked statically by the test.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load_modules(void)
{
	glob_t found;

	if (glob("/modules/*.ko", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open(found.gl_pathv[i], O_RDONLY);

		if (syscall(SYS_finit_module, fd, "", 0))
			perror(found.gl_pathv[i]);
		close(fd);
	}
}

static void set_address(struct sockaddr *to, const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET };

	inet_pton(AF_INET, text, &address.sin_addr);
	memcpy(to, &address, sizeof(address));
}

/* The device appears some time after its module. */
static void bring_up(int fd)
{
	struct ifreq request = { .ifr_name = "eth0" };

	while (ioctl(fd, SIOCGIFFLAGS, &request))
		usleep(20000);
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		perror("up");
	set_address(&request.ifr_addr, "10.9.0.2");
	if (ioctl(fd, SIOCSIFADDR, &request))
		perror("address");
	set_address(&request.ifr_netmask, "255.255.255.0");
	if (ioctl(fd, SIOCSIFNETMASK, &request))
		perror("netmask");
}

static unsigned int set_queues(int fd)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq request = {
		.ifr_name = "eth0", .ifr_data = (void *)&channels,
	};

	if (ioctl(fd, SIOCETHTOOL, &request))
		return 1;
	channels.cmd = ETHTOOL_SCHANNELS;
	channels.combined_count = channels.max_combined;
	if (ioctl(fd, SIOCETHTOOL, &request))
		perror("queues");
	return channels.combined_count;
}

int main(void)
{
	int console, fd;

	mkdir("/dev", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	console = open("/dev/ttyS0", O_RDWR);
	dup2(console, 1);
	dup2(console, 2);
	load_modules();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	bring_up(fd);
	printf("guest: %u queues\n", set_queues(fd));
	fflush(stdout);
	for (;;)
		pause();
}
