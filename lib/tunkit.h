/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtunkit: the interface of the Universal TUN/TAP driver as a C library.
 *
 * Rules that hold for every declaration below:
 *
 * - A function returns 0 (or a count, where it says so) on success and a
 *   negative errno on failure. errno is not part of the interface.
 *   Nothing here prints or exits. The result is the last parameter and is
 *   written on success alone.
 * - Objects are opaque. What an open, new, list or scan function hands out is
 *   given back with the matching close or free, which accept NULL.
 * - Option structs begin with their size, see TUNKIT_INIT(). Fields may be
 *   appended in later versions; a zero field asks for the default. A struct
 *   larger than the library's with a non-zero tail is refused with -E2BIG.
 * - No function leaves the calling thread in another network namespace.
 * - Names that come from the kernel, from /proc and from frames are hostile
 *   text: pass them through tunkit_escape() before they reach a terminal.
 * - An object belongs to one thread at a time; distinct objects are
 *   independent.
 *
 * Sources: the kernel's Documentation/networking/tuntap.rst, <linux/if_tun.h>,
 * <linux/virtio_net.h>, <linux/if_link.h> (IFLA_TUN_*), virtio 1.2 section 5.1.
 */
#ifndef TUNKIT_H
#define TUNKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TUNKIT_API __attribute__((visibility("default")))
#else
#define TUNKIT_API
#endif

/* Initialiser of an option struct: struct tunkit_x_opts o = TUNKIT_INIT(o); */
#ifndef __cplusplus
#define TUNKIT_INIT(object) { .size = sizeof(object) }
#else
extern "C++" {
template <typename T> inline T tunkit_init_of(T *)
{
	T object = T();

	object.size = sizeof(object);
	return object;
}
}
#define TUNKIT_INIT(object) tunkit_init_of(&(object))
#endif

#define TUNKIT_VERSION "0.1.0"

/* The version of the library that runs, in the form of TUNKIT_VERSION. */
TUNKIT_API const char *tunkit_version(void);

/* ---- Limits ------------------------------------------------------------- */

#define TUNKIT_NAME_SIZE	16	/* IFNAMSIZ: 15 bytes and the NUL */
#define TUNKIT_MAC_SIZE		32	/* MAX_ADDR_LEN */
#define TUNKIT_QUEUES_MAX	256	/* MAX_TAP_QUEUES of the driver */

/*
 * A buffer of this many bytes takes any frame that the driver can hand out:
 * packet information, the largest virtio-net header that the library asks
 * for, an Ethernet header with two VLAN tags and 65535 bytes of payload.
 * A shorter buffer loses the end of a frame.
 */
#define TUNKIT_BUFFER_SIZE	(65536 + 64)

/* ---- Text --------------------------------------------------------------- */

/*
 * Copies text to out (size bytes, always NUL-terminated when size > 0),
 * writing control bytes, backslash and invalid UTF-8 as \xNN. Returns the
 * length that the whole result has, like snprintf.
 */
TUNKIT_API size_t tunkit_escape(char *out, size_t size, const char *text);

#define TUNKIT_NAME_TEMPLATE	(1u << 0)	/* one %d is allowed */

/*
 * Whether the kernel takes name as an interface name (dev_valid_name() and,
 * with TUNKIT_NAME_TEMPLATE, dev_alloc_name()). -ENAMETOOLONG or -EINVAL with
 * *why set to a phrase of static storage such as "'/' is not allowed"; why may
 * be NULL.
 */
TUNKIT_API int tunkit_name_check(const char *name, unsigned int flags,
				 const char **why);

/* ---- Namespace: where devices live -------------------------------------- */

/*
 * A network namespace with the clone node that makes devices in it. Holds a
 * routing netlink socket of that namespace, so it goes on answering after
 * privileges are given up.
 */
struct tunkit_ns;

struct tunkit_ns_opts {
	size_t size;
	/*
	 * The clone node. NULL: /dev/net/tun, and /dev/net/tunkit when the
	 * former is absent or has no driver behind it. It must be a character
	 * device that is the TUN driver's (10:200, or the minor that /proc/misc
	 * gives for tunkit); nothing is sent to any other (-ENOTTY).
	 */
	const char *node;
};

/*
 * Opens the namespace called where: NULL or "" (the caller's), a name of
 * `ip netns`, "pid:NUMBER", or a path with a slash in it. The node is not
 * opened before a device or queue needs it.
 * Errors: -ENOENT no such namespace, -ESRCH no such process, -EPERM and
 * -EACCES it may not be entered (CAP_SYS_ADMIN in its user namespace and in
 * the caller's is needed), -EINVAL not a network namespace.
 */
TUNKIT_API int tunkit_ns_open(const char *where,
			      const struct tunkit_ns_opts *opts,
			      struct tunkit_ns **ns);
TUNKIT_API void tunkit_ns_close(struct tunkit_ns *ns);

/* The name that tunkit_ns_open() was given; "" for the caller's own. */
TUNKIT_API const char *tunkit_ns_name(const struct tunkit_ns *ns);

/* The path of the clone node that is, or would be, opened. */
TUNKIT_API const char *tunkit_ns_node(const struct tunkit_ns *ns);

/*
 * The kernel's own explanation (extended ACK) of the last netlink request
 * that failed on ns, or NULL when it gave none. Valid until the next call.
 */
TUNKIT_API const char *tunkit_ns_error(const struct tunkit_ns *ns);

/*
 * Splits NETNS/DEV at its last slash. Both results are in one allocation that
 * *where begins: free(*where) releases both. Without a slash *where is "".
 * -EINVAL: an empty device part. -ENOMEM.
 */
TUNKIT_API int tunkit_ns_split(const char *spec, char **where,
			       const char **device);

/* ---- Devices ------------------------------------------------------------ */

enum tunkit_kind {
	TUNKIT_TUN = 1,		/* IP packets, IFF_TUN, IFLA_TUN_TYPE 1 */
	TUNKIT_TAP = 2,		/* Ethernet frames, IFF_TAP */
};

/* What is known of one device; all of it from one RTM_GETLINK answer. */
struct tunkit_device {
	char name[TUNKIT_NAME_SIZE];	/* hostile text */
	char driver[TUNKIT_NAME_SIZE];	/* rtnetlink kind: "tun", "tunkit" */
	int ifindex;
	enum tunkit_kind kind;
	bool pi;		/* frames carry packet information */
	bool vnet_hdr;		/* frames carry a virtio-net header */
	bool multi_queue;
	bool persist;
	bool has_owner;		/* owner is valid; else any user may attach */
	bool has_group;		/* group is valid */
	uid_t owner;		/* as seen from the reader's user namespace */
	gid_t group;
	unsigned int queues;		/* attached, at most 256; multi_queue only */
	unsigned int queues_detached;	/* multi_queue only */
	bool up;		/* IFF_UP */
	bool carrier;		/* IFLA_CARRIER */
	unsigned int mtu;	/* bytes */
	unsigned int link_type;	/* ARPHRD_* */
	unsigned int link_group;
	int master;		/* ifindex of the bridge or bond, 0: none */
	unsigned int tx_queue_len;	/* frames */
	unsigned int mac_len;	/* bytes of mac that count: 0 on TUN, 6 on TAP */
	uint8_t mac[TUNKIT_MAC_SIZE];
	/*
	 * With TUNKIT_LIST_OFFLOAD: checksum or segmentation offload is set
	 * (TUNSETOFFLOAD). On a device without a queue it is stale: whoever
	 * attaches without a virtio-net header reads frames larger than the
	 * MTU with unfinished checksums.
	 */
	bool offload;
	/* With TUNKIT_LIST_STATS, in frames, since the device was made. */
	uint64_t rx_packets, tx_packets, rx_dropped, tx_dropped;
	uint64_t rx_bytes, tx_bytes;
};

struct tunkit_device_list;

#define TUNKIT_LIST_STATS	(1u << 0)
#define TUNKIT_LIST_OFFLOAD	(1u << 1)

/* All TUN/TAP devices of ns, by ascending ifindex. -ENOMEM, netlink errors. */
TUNKIT_API int tunkit_device_list(struct tunkit_ns *ns, unsigned int flags,
				  struct tunkit_device_list **list);
TUNKIT_API size_t
tunkit_device_list_count(const struct tunkit_device_list *list);
/* NULL past the end; valid until the list is freed. */
TUNKIT_API const struct tunkit_device *
tunkit_device_list_at(const struct tunkit_device_list *list, size_t index);
TUNKIT_API void tunkit_device_list_free(struct tunkit_device_list *list);

/*
 * One device by name. -ENODEV: no interface has that name. -EMEDIUMTYPE: the
 * interface is not a TUN/TAP device. flags as for tunkit_device_list().
 */
TUNKIT_API int tunkit_device_find(struct tunkit_ns *ns, const char *name,
				  unsigned int flags,
				  struct tunkit_device *device);

/* ---- Link settings ------------------------------------------------------ */

#define TUNKIT_LINK_UP		(1u << 0)
#define TUNKIT_LINK_CARRIER	(1u << 1)
#define TUNKIT_LINK_MTU		(1u << 2)
#define TUNKIT_LINK_MAC		(1u << 3)
#define TUNKIT_LINK_MASTER	(1u << 4)
#define TUNKIT_LINK_QUIET	(1u << 5)

struct tunkit_link_opts {
	size_t size;
	uint32_t set;		/* TUNKIT_LINK_*: the fields that count */
	bool up;
	bool carrier;		/* needs an attached queue to be set true */
	/*
	 * The kernel makes no IPv6 address by itself (addrgenmode none), so a
	 * link that comes up sends nothing of its own accord. (Where IPv6
	 * forwarding is on it still sends MLD reports for ff02::2.)
	 */
	bool quiet;
	unsigned int mtu;	/* bytes, 68 to 65535 (TAP: to 65521) */
	uint8_t mac[6];		/* TAP only */
	const char *master;	/* interface name; "" releases the device */
};

/*
 * Changes what opts->set names, in an order in which quiet and mtu take
 * effect before up; the first failure ends it. Needs CAP_NET_ADMIN in the
 * namespace. -ENODEV: no such device or master; netlink errors otherwise
 * (text: tunkit_ns_error()).
 */
TUNKIT_API int tunkit_link_set(struct tunkit_ns *ns, int ifindex,
			       const struct tunkit_link_opts *opts);

/* ---- Creating, adopting, deleting --------------------------------------- */

#define TUNKIT_DEVICE_PI		(1u << 0)
#define TUNKIT_DEVICE_VNET_HDR		(1u << 1)
#define TUNKIT_DEVICE_MULTI_QUEUE	(1u << 2)
#define TUNKIT_DEVICE_BRIEF		(1u << 3)	/* do not read it back */

#define TUNKIT_DEVICE_SET_OWNER		(1u << 0)
#define TUNKIT_DEVICE_SET_GROUP		(1u << 1)
#define TUNKIT_DEVICE_SET_LINK_TYPE	(1u << 2)
#define TUNKIT_DEVICE_SET_LINK		(1u << 3)
#define TUNKIT_DEVICE_ANYONE		(1u << 4)

struct tunkit_device_opts {
	size_t size;
	enum tunkit_kind kind;	/* 0: TUNKIT_TAP. Creation only */
	unsigned int flags;	/* TUNKIT_DEVICE_PI, ...: creation only */
	uint32_t set;		/* TUNKIT_DEVICE_SET_*, _ANYONE */
	uid_t owner;
	gid_t group;
	/*
	 * ARPHRD_* (TUNSETLINK); the device must be down. On an existing
	 * device this needs an attach.
	 */
	unsigned int link_type;
	struct tunkit_link_opts link;	/* link.size may stay 0 */
};

/*
 * Makes a persistent device. name may be a template ("lab%d"); NULL or "" is
 * "tun%d" or "tap%d". Owner, group, link type and link settings are in force
 * before the device is made persistent, so a failure or a crash leaves
 * nothing behind. With neither SET_OWNER nor SET_GROUP the owner is the
 * caller's real uid; an ownerless device, which any user may attach, take
 * over and delete, is made with TUNKIT_DEVICE_ANYONE alone.
 * *device is what the kernel says of it afterwards. With TUNKIT_DEVICE_BRIEF
 * the kernel is not asked, which takes a third off the time of many devices:
 * name (as it was made), kind, pi, vnet_hdr, multi_queue, persist, owner and
 * group are filled in, all else is 0, ifindex too.
 * Errors: -EEXIST the name is taken, by whatever interface; -EPERM no
 * CAP_NET_ADMIN in the namespace's user namespace; -EINVAL, -ENAMETOOLONG bad
 * name; -EOVERFLOW the owner or group is not mapped in the caller's user
 * namespace; -EBUSY another user attached to a multi-queue device before it
 * had its owner; -ENOENT, -EACCES, -ENODEV, -ENOTTY the clone node; those of
 * tunkit_link_set().
 */
TUNKIT_API int tunkit_device_create(struct tunkit_ns *ns, const char *name,
				    const struct tunkit_device_opts *opts,
				    struct tunkit_device *device);

#define TUNKIT_CHANGED_OWNER		(1u << 0)
#define TUNKIT_CHANGED_GROUP		(1u << 1)
#define TUNKIT_CHANGED_LINK_TYPE	(1u << 2)
#define TUNKIT_CHANGED_LINK		(1u << 3)
#define TUNKIT_CHANGED_PERSIST		(1u << 4)

/*
 * Brings an existing device to what opts->set names and makes it persistent;
 * kind and flags are not looked at. What is so already is left alone, and
 * the device is attached (which flaps the carrier) only when owner, group,
 * link type or persistence must change; then it is attached with the flags
 * that it has. *changed holds TUNKIT_CHANGED_*; device is re-read.
 * Errors: -ENODEV, -EMEDIUMTYPE as for find; -EBUSY single-queue and held, so
 * nothing that needs an attach could be changed, or the link type must change
 * and the device is up; -E2BIG all queues taken; -EPERM; -EOVERFLOW as for
 * create; -EINVAL TUNKIT_DEVICE_ANYONE on an owned device: ownership cannot be
 * taken off.
 */
TUNKIT_API int tunkit_device_adjust(struct tunkit_ns *ns, const char *name,
				    const struct tunkit_device_opts *opts,
				    unsigned int *changed,
				    struct tunkit_device *device);

#define TUNKIT_DELETE_FORCE	(1u << 0)	/* held devices too */

/*
 * Deletes count devices. results[i] becomes 0, or a negative errno: -EBUSY
 * held by a process and no TUNKIT_DELETE_FORCE, -EPERM neither CAP_NET_ADMIN
 * nor owner, -ENODEV gone already or the ifindex has another name by now.
 * Many devices leave in one rtnetlink message by a link group of their own;
 * no other device is ever put at risk, and groups are restored on failure.
 * All signals are blocked while the group is in use, and the soft limit of open
 * descriptors is at the hard one during the call.
 * Returns 0 when every result is 0, the first error otherwise.
 */
TUNKIT_API int tunkit_device_delete(struct tunkit_ns *ns,
				    const struct tunkit_device *const devices[],
				    size_t count, unsigned int flags,
				    int results[]);

/* ---- Frames ------------------------------------------------------------- */

/* How frames look on a queue. */
struct tunkit_layout {
	enum tunkit_kind kind;
	int pi;			/* 1 with, 0 without, -1 unknown */
	unsigned int vnet_hdr_size;	/* bytes: 0 none, else 10 and more */
	bool vnet_big_endian;	/* byte order of the virtio-net header */
};

/* Packet information, struct tun_pi. */
#define TUNKIT_PI_SIZE		4	/* bytes */
#define TUNKIT_PI_STRIP		0x0001	/* the frame was cut: short buffer */

/* The virtio-net header (virtio 1.2, 5.1.6), in host byte order. */
#define TUNKIT_VNET_SIZE		10	/* struct virtio_net_hdr */
#define TUNKIT_VNET_SIZE_MRG		12	/* + num_buffers */
#define TUNKIT_VNET_SIZE_HASH		20	/* + hash value and report */
#define TUNKIT_VNET_SIZE_TUNNEL		24	/* + tunnel header offsets */

#define TUNKIT_VNET_NEEDS_CSUM		0x01
#define TUNKIT_VNET_DATA_VALID		0x02

#define TUNKIT_GSO_NONE			0
#define TUNKIT_GSO_TCPV4		1
#define TUNKIT_GSO_UDP			3	/* UFO, IP fragments */
#define TUNKIT_GSO_TCPV6		4
#define TUNKIT_GSO_UDP_L4		5	/* USO */
#define TUNKIT_GSO_TUNNEL_IPV4		0x20	/* flag bits */
#define TUNKIT_GSO_TUNNEL_IPV6		0x40
#define TUNKIT_GSO_ECN			0x80

struct tunkit_vnet {
	uint8_t flags;		/* TUNKIT_VNET_* */
	uint8_t gso_type;	/* TUNKIT_GSO_* */
	uint16_t hdr_len;	/* bytes, a hint */
	uint16_t gso_size;	/* bytes of payload a segment */
	uint16_t csum_start;	/* offset in the frame where to begin */
	uint16_t csum_offset;	/* from csum_start to the checksum */
	uint16_t num_buffers;
	uint32_t hash_value;
	uint16_t hash_report;
	uint16_t outer_th_offset;	/* 24-byte header: outer transport, */
	uint16_t inner_nh_offset;	/* inner network offsets, from data */
};

/* One frame, taken apart. The pointer is borrowed from the caller's buffer. */
struct tunkit_frame {
	bool has_pi;
	bool has_vnet;
	uint16_t pi_flags;	/* TUNKIT_PI_STRIP */
	uint16_t pi_proto;	/* EtherType, host order */
	struct tunkit_vnet vnet;
	const uint8_t *data;	/* IP packet (TUN) or Ethernet frame (TAP) */
	size_t len;		/* bytes of data */
};

/*
 * Takes apart the bytes that a queue of this layout gave. -EINVAL: shorter
 * than its headers, or layout->pi is unknown. The virtio-net header is copied,
 * not validated: tunkit_vnet_check().
 */
TUNKIT_API int tunkit_frame_decode(const struct tunkit_layout *layout,
				   const void *bytes, size_t len,
				   struct tunkit_frame *frame);

/*
 * Writes packet information and virtio-net header for a frame, as layout has
 * them, to out; returns their length in bytes (0 to 4 + vnet_hdr_size).
 * Without frame->has_pi the protocol is derived: IP version on TUN, EtherType
 * on TAP. Without frame->has_vnet the header is all zero.
 * -ENOSPC: out is too small. -EINVAL: the PI layout is unknown.
 */
TUNKIT_API ssize_t tunkit_frame_encode(const struct tunkit_layout *layout,
				       const struct tunkit_frame *frame,
				       void *out, size_t size);

/*
 * Whether the header makes sense for a frame of len bytes: known types,
 * csum_start + csum_offset + 2 and hdr_len within it, gso_size not zero.
 * -EINVAL, with *why a phrase of static storage; why may be NULL.
 */
TUNKIT_API int tunkit_vnet_check(const struct tunkit_vnet *vnet, size_t len,
				 const char **why);

/*
 * The offloads (TUNKIT_OFFLOAD_*) that a receiver of such a frame must have.
 * -EOPNOTSUPP: a type of segments that none of them stands for (UFO, tunnels).
 */
TUNKIT_API int tunkit_vnet_offload(const struct tunkit_vnet *vnet,
				   unsigned int *offload);

/*
 * Fills in the checksum that NEEDS_CSUM leaves to the receiver and clears the
 * flag. data is changed in place. -EINVAL: as tunkit_vnet_check().
 */
TUNKIT_API int tunkit_frame_complete(struct tunkit_vnet *vnet, void *data,
				     size_t len);

/*
 * One line that says what a frame is, without line end, such as
 * "IPv4 10.0.0.1 > 10.0.0.2 ICMP echo request id 7 seq 1, 64 bytes". Never
 * contains control bytes, whatever the frame contains. Returns the length of
 * the whole line, like snprintf; out is NUL-terminated when size > 0.
 */
TUNKIT_API size_t tunkit_frame_summary(enum tunkit_kind kind,
				       const struct tunkit_frame *frame,
				       char *out, size_t size);
#define TUNKIT_SUMMARY_SIZE	2048	/* enough for any line */

/*
 * What the summary leaves out, in the spirit of tcpdump -v: the headers' other
 * fields, options, the records of DNS and DHCP. Lines that begin with four
 * blanks and end with '\n', or none at all. As clean as the summary, and
 * bounded: what would be more ends with a line "[more]". Returns the length of
 * the whole text, like snprintf; out is NUL-terminated when size > 0.
 */
TUNKIT_API size_t tunkit_frame_details(enum tunkit_kind kind,
				       const struct tunkit_frame *frame,
				       char *out, size_t size);
#define TUNKIT_DETAILS_SIZE	16384	/* enough for any frame */

/*
 * The length in bytes that the IP header at data claims for its packet, so
 * that a byte stream of packets can be cut. Returns 0 when more bytes are
 * needed to tell, -EINVAL: neither IPv4 nor IPv6, or a length shorter than
 * its own header, or an IPv6 jumbogram.
 */
TUNKIT_API ssize_t tunkit_packet_length(const void *data, size_t len);

/* ---- Queues ------------------------------------------------------------- */

/* One descriptor of /dev/net/tun, attached to a device. */
struct tunkit_queue;

#define TUNKIT_QUEUE_CREATE	(1u << 0)	/* make the device if absent; it
						   goes with its last queue */
#define TUNKIT_QUEUE_EXCLUSIVE	(1u << 1)	/* -EEXIST when it exists */
#define TUNKIT_QUEUE_PI		(1u << 2)	/* ask for packet information */
#define TUNKIT_QUEUE_VNET_HDR	(1u << 3)	/* ask for virtio-net headers */
#define TUNKIT_QUEUE_MULTI	(1u << 4)	/* with CREATE: multi-queue */
#define TUNKIT_QUEUE_NONBLOCK	(1u << 5)	/* O_NONBLOCK */
#define TUNKIT_QUEUE_KEEP_LAYOUT (1u << 6)	/* ask for what the device has;
						   PI and VNET_HDR are ignored */

/* TUNSETOFFLOAD bits, TUN_F_* of <linux/if_tun.h>. */
#define TUNKIT_OFFLOAD_CSUM	0x01
#define TUNKIT_OFFLOAD_TSO4	0x02
#define TUNKIT_OFFLOAD_TSO6	0x04
#define TUNKIT_OFFLOAD_TSO_ECN	0x08
#define TUNKIT_OFFLOAD_USO4	0x20	/* USO4 and USO6 only together */
#define TUNKIT_OFFLOAD_USO6	0x40

struct tunkit_queue_opts {
	size_t size;
	enum tunkit_kind kind;	/* with CREATE, 0: TUNKIT_TAP; else ignored */
	unsigned int flags;	/* TUNKIT_QUEUE_* */
	unsigned int vnet_hdr_size;	/* bytes, 0: TUNKIT_VNET_SIZE */
	unsigned int offload;	/* TUNKIT_OFFLOAD_*, with VNET_HDR only */
};

/*
 * Opens count queues (1 to 256) of a device and writes them to queues[]; all
 * or none. Multi-queue and kind are taken from the device. Offloads, header
 * size and byte order that an earlier program left behind are reset first,
 * unless other queues are attached. The layout that results may differ from
 * what was asked (a device with queues keeps its own): tunkit_queue_layout().
 * Errors: -ENODEV absent and no CREATE; -EMEDIUMTYPE not a TUN/TAP device;
 * -EBUSY single-queue and held; -E2BIG more than 256 queues; -EINVAL more than
 * one of a single-queue device; -EPERM not owner or not in the group, or
 * creating without CAP_NET_ADMIN; -EEXIST; the clone node's as for
 * tunkit_device_create(). An offload that the kernel does not know (-EINVAL
 * from TUNSETOFFLOAD) is left out: tunkit_queue_offload().
 */
TUNKIT_API int tunkit_queue_open(struct tunkit_ns *ns, const char *device,
				 const struct tunkit_queue_opts *opts,
				 size_t count, struct tunkit_queue *queues[]);

/*
 * Takes over fd, an attached descriptor from elsewhere (inherited, passed).
 * ns is the namespace of its device, from which the PI layout is read; NULL:
 * layout.pi stays -1. On failure fd stays the caller's. Nothing is reset,
 * neither now nor on close. -ENOTTY, -EBADFD: not an attached TUN descriptor.
 */
TUNKIT_API int tunkit_queue_from_fd(struct tunkit_ns *ns, int fd,
				    struct tunkit_queue **queue);

/*
 * A copy of descriptor fd of process pid (pidfd_getfd). Close it soon: the
 * copy keeps the queue alive. Needs PTRACE_MODE_ATTACH: same user and
 * dumpable, or CAP_SYS_PTRACE. -ESRCH, -EPERM, -EBADF, -ENOTTY, -EBADFD.
 * -ENOSYS before Linux 5.6.
 */
TUNKIT_API int tunkit_queue_borrow(pid_t pid, int fd,
				   struct tunkit_queue **queue);

/*
 * Closes. The last of the queues of one open to go resets what the open or
 * tunkit_queue_set_offload() set on the device: offload, and, unless another
 * program attached to it meanwhile and reads by it, header size.
 */
TUNKIT_API void tunkit_queue_close(struct tunkit_queue *queue);

/* Gives the descriptor away (for exec or SCM_RIGHTS) and frees the object. */
TUNKIT_API int tunkit_queue_release(struct tunkit_queue *queue);

/* The descriptor, for poll(). Owned by the queue. */
TUNKIT_API int tunkit_queue_fd(const struct tunkit_queue *queue);
/* The device's name at the time of the open. */
TUNKIT_API const char *tunkit_queue_device(const struct tunkit_queue *queue);
TUNKIT_API const struct tunkit_layout *
tunkit_queue_layout(const struct tunkit_queue *queue);
/* The offloads that we put in force, TUNKIT_OFFLOAD_*; 0 where others did. */
TUNKIT_API unsigned int tunkit_queue_offload(const struct tunkit_queue *queue);

/* Device-wide. -EINVAL: a combination that the kernel refuses. */
TUNKIT_API int tunkit_queue_set_offload(struct tunkit_queue *queue,
					unsigned int offload);

enum tunkit_queue_state {
	TUNKIT_QUEUE_UNKNOWN,	/* no right to look */
	TUNKIT_QUEUE_ATTACHED,
	TUNKIT_QUEUE_DETACHED,	/* holds the carrier, gets no frames */
};

/*
 * TUNSETQUEUE. Already so: 0. -EINVAL: not a multi-queue device. Detaching
 * drops the frames that wait in the queue. -EPERM, -E2BIG.
 */
TUNKIT_API int tunkit_queue_attach(struct tunkit_queue *queue);
TUNKIT_API int tunkit_queue_detach(struct tunkit_queue *queue);
TUNKIT_API int tunkit_queue_state(const struct tunkit_queue *queue,
				  enum tunkit_queue_state *state);

/*
 * One frame as the driver gives it, headers included. Returns its length in
 * bytes. -EAGAIN: none waits (O_NONBLOCK). -EBADFD: the device is gone (a
 * read that slept gets -EBADFD too, where the driver itself says EFAULT).
 * -EINTR.
 */
TUNKIT_API ssize_t tunkit_queue_read(struct tunkit_queue *queue, void *buffer,
				     size_t size);

/*
 * One frame as the driver takes it, headers included. 0 or: -EIO the link is
 * down, -EINVAL the driver refuses the frame, -EBADFD the device is gone,
 * -EAGAIN, -EINTR, -ENOMEM.
 */
TUNKIT_API int tunkit_queue_write(struct tunkit_queue *queue,
				  const void *bytes, size_t len);

/* tunkit_queue_read() and tunkit_frame_decode() in one. 0 or their errors. */
TUNKIT_API int tunkit_queue_receive(struct tunkit_queue *queue, void *buffer,
				    size_t size, struct tunkit_frame *frame);
/* tunkit_frame_encode() and one gathering write. 0 or their errors. */
TUNKIT_API int tunkit_queue_send(struct tunkit_queue *queue,
				 const struct tunkit_frame *frame);

/* ---- Streams: frames in a byte stream ----------------------------------- */

enum tunkit_format {
	TUNKIT_FORMAT_NONE,
	TUNKIT_FORMAT_TEXT,	/* one summary line a frame; writing only */
	TUNKIT_FORMAT_RAW,	/* frames end to end; reading: TUN only */
	TUNKIT_FORMAT_HEX,	/* hex dump that text2pcap reads */
	TUNKIT_FORMAT_LEN16,	/* 2-byte big-endian length (vde_plug, dpipe) */
	TUNKIT_FORMAT_LEN32,	/* 4-byte big-endian length (QEMU, passt) */
	TUNKIT_FORMAT_PCAP,	/* libpcap's savefile format */
	TUNKIT_FORMAT_PCAPNG,	/* with interfaces, directions and drops */
	TUNKIT_FORMAT_GSO,	/* with virtio-net headers, docs/gso-stream.md */
};

/* "text", "raw", ...; tunkit_format_parse() gives -EINVAL for others. */
TUNKIT_API const char *tunkit_format_name(enum tunkit_format format);
TUNKIT_API int tunkit_format_parse(const char *name,
				   enum tunkit_format *format);
/*
 * PCAP or PCAPNG when the bytes begin such a capture, NONE otherwise; 4 bytes
 * are enough.
 */
TUNKIT_API enum tunkit_format tunkit_format_guess(const void *bytes,
						  size_t len);

struct tunkit_stream_opts {
	size_t size;
	enum tunkit_format format;
	enum tunkit_kind kind;
	bool pi;		/* frames in the stream begin with PI (raw, hex
				   and length formats; captures:
				   LINKTYPE_LINUX_SLL for TUN) */
	unsigned int snaplen;	/* writing: bytes kept of a frame, 0: all */
	const char *name;	/* writing text and hex: the device, before each
				   frame: "tap0 >" gave it, "tap0 <" took it;
				   pcapng: the name of the interface */
	const char *peer;	/* writing pcapng: the device at the other end,
				   the second interface of the capture: frames
				   TO_KERNEL are what it sent. NULL: none */
	bool details;		/* writing text: tunkit_frame_details() too */
	unsigned int offload;	/* gso: TUNKIT_OFFLOAD_* that the device here
				   takes; with one_way: that it sends */
	bool one_way;		/* writing gso: no answer is waited for */
};

/*
 * What one end of a gso stream says of itself before its first frame. The
 * library takes off what no driver accepts: segmentation without checksums,
 * USO of one IP version, bits that it does not know.
 */
struct tunkit_hello {
	enum tunkit_kind kind;
	unsigned int offload;	/* TUNKIT_OFFLOAD_*: what it takes, */
	bool one_way;		/* or sends, when it takes no frames */
};

/* A reader cuts frames out of bytes. It never blocks and does no I/O. */
struct tunkit_reader;

/* -EOPNOTSUPP: a format that cannot be read (text; raw for TAP). -ENOMEM. */
TUNKIT_API int tunkit_reader_new(const struct tunkit_stream_opts *opts,
				 struct tunkit_reader **reader);
TUNKIT_API void tunkit_reader_free(struct tunkit_reader *reader);
/*
 * Where to put the next bytes: *size bytes are free at the result, more than
 * 0 once tunkit_reader_next() has returned 0. Frames given out before are
 * invalid afterwards. Then say how many were put there.
 */
TUNKIT_API void *tunkit_reader_space(struct tunkit_reader *reader,
				     size_t *size);
TUNKIT_API void tunkit_reader_filled(struct tunkit_reader *reader, size_t len);
/*
 * The next whole frame: 1 and *frame, 0 more bytes are needed, or an error,
 * final, which tunkit_reader_error() explains: -EPROTO the framing is broken,
 * -EMEDIUMTYPE a capture of the other kind of frames, -EOPNOTSUPP a capture
 * that is not read: of neither Ethernet nor IP, or of a later pcapng; -ENOMEM.
 * A frame that a capture holds only in part has TUNKIT_PI_STRIP in pi_flags,
 * with or without has_pi. Captures of both formats are read as either.
 */
TUNKIT_API int tunkit_reader_next(struct tunkit_reader *reader,
				  struct tunkit_frame *frame);
/*
 * Format gso: the hello of the other side, once tunkit_reader_next() has had
 * its bytes. Before that -EAGAIN; -EOPNOTSUPP: another format. The reader ends
 * a stream without a hello (-EPROTO), of another version or one-way with
 * offloads that opts.offload does not have (-EOPNOTSUPP) or of another kind of
 * device (-EMEDIUMTYPE), and one whose frames need more than opts.offload or
 * have a header that tunkit_vnet_check() refuses (-EPROTO): what it gives out
 * a device with these offloads takes. Frames have vnet, and PI where the
 * sender knew the protocol.
 */
TUNKIT_API int tunkit_reader_hello(const struct tunkit_reader *reader,
				   struct tunkit_hello *hello);
/*
 * When the frame that tunkit_reader_next() gave last was captured: nanoseconds
 * since 1970, at the ends of what 64 bits hold where that lies outside.
 * -ENODATA: the format, or the capture, does not say.
 */
TUNKIT_API int tunkit_reader_time(const struct tunkit_reader *reader,
				  uint64_t *time_ns);
/*
 * At the end of input: 0, or -EPROTO when it ends inside a frame. After 0 call
 * tunkit_reader_next() until it returns 0: hex's last frame may have been
 * without an end until now.
 */
TUNKIT_API int tunkit_reader_finish(struct tunkit_reader *reader);
/* What is wrong, and the offset in the stream where it begins. */
TUNKIT_API const char *
tunkit_reader_error(const struct tunkit_reader *reader);
TUNKIT_API uint64_t
tunkit_reader_offset(const struct tunkit_reader *reader);

enum tunkit_direction {
	TUNKIT_FROM_KERNEL,	/* the kernel sent it, a queue read it */
	TUNKIT_TO_KERNEL,	/* written to the device */
};

/* A writer gathers encoded frames in a buffer. It does no I/O. */
struct tunkit_writer;

TUNKIT_API int tunkit_writer_new(const struct tunkit_stream_opts *opts,
				 struct tunkit_writer **writer);
TUNKIT_API void tunkit_writer_free(struct tunkit_writer *writer);
/*
 * Appends a frame. time_ns: nanoseconds since 1970. -ENOBUFS: the buffer
 * (256 KiB and more) is full, write it out first. -EMSGSIZE: longer than the
 * format can say (len16: 65535 bytes). The frame is left out in both cases.
 * With NEEDS_CSUM in frame->vnet the copy's checksum is completed.
 * Format gso: that is done only where the other side does not take such frames;
 * -EAGAIN: what it takes is not known yet; -EOPNOTSUPP: it does not take such
 * segments, or the header is wrong.
 */
TUNKIT_API int tunkit_writer_put(struct tunkit_writer *writer,
				 const struct tunkit_frame *frame,
				 enum tunkit_direction direction,
				 uint64_t time_ns);
/*
 * Format gso: offload is what the other side's hello has. A writer of this
 * format begins with our own hello, which waits to be written at once.
 * -EOPNOTSUPP: another format.
 */
TUNKIT_API int tunkit_writer_agree(struct tunkit_writer *writer,
				   unsigned int offload);
/*
 * The same without a copy: reserve gives room for a frame of up to size bytes,
 * with pi its PI first, at the place where they belong (NULL: full); commit
 * says that len bytes were put there, 0: none. Only for formats raw, len16,
 * len32 without snaplen (NULL otherwise), and for frames without unfinished
 * checksums.
 */
TUNKIT_API void *tunkit_writer_reserve(struct tunkit_writer *writer,
				       size_t size);
TUNKIT_API int tunkit_writer_commit(struct tunkit_writer *writer, size_t len);
/*
 * Frames of that direction that the kernel has dropped since the beginning,
 * as of time_ns; said once, at the end: pcapng's interface statistics. Formats
 * without a place for it have nothing appended. 0 or -ENOBUFS.
 */
TUNKIT_API int tunkit_writer_drops(struct tunkit_writer *writer,
				   enum tunkit_direction direction,
				   uint64_t dropped, uint64_t time_ns);
/* The bytes that wait; valid until the next call. Then say how many went. */
TUNKIT_API const void *tunkit_writer_pending(struct tunkit_writer *writer,
					     size_t *len);
TUNKIT_API void tunkit_writer_written(struct tunkit_writer *writer,
				      size_t len);

/* ---- Sniffer: a copy of the frames of a device --------------------------- */

/*
 * What passes through a device that somebody else holds, by a packet socket
 * (packet(7)), read only. Frames of senders that bypass the queueing
 * discipline (PACKET_QDISC_BYPASS) are not among it: no packet socket sees
 * them.
 */
struct tunkit_sniffer;
struct sock_filter;		/* <linux/filter.h> */

struct tunkit_sniffer_opts {
	size_t size;
	/*
	 * A classic BPF program, for IP packets of a TUN device or Ethernet
	 * frames of a TAP device; NULL: none. What it does not select stays in
	 * the kernel where that can tell: frames with a VLAN tag, which the
	 * kernel keeps elsewhere, are received all the same. So apply it once
	 * more. One that the kernel does not take (more than 4093 instructions)
	 * is not used.
	 */
	const struct sock_filter *filter;
	size_t filter_len;	/* instructions */
};

/*
 * Opens a copy of the device's frames, from now on. The descriptor does not
 * block. -EPERM: no CAP_NET_RAW in the namespace's user namespace; it is not
 * needed afterwards. -ENODEV: the device is gone. -ENOMEM, socket(2) errors.
 */
TUNKIT_API int tunkit_sniffer_open(struct tunkit_ns *ns,
				   const struct tunkit_device *device,
				   const struct tunkit_sniffer_opts *opts,
				   struct tunkit_sniffer **sniffer);
TUNKIT_API void tunkit_sniffer_close(struct tunkit_sniffer *sniffer);
/* The descriptor, for poll(). Owned by the sniffer. */
TUNKIT_API int tunkit_sniffer_fd(const struct tunkit_sniffer *sniffer);

/*
 * The next frame and which way it went. It has a virtio-net header always: its
 * checksum may be unfinished and it may be larger than the MTU, as on a queue.
 * A TUN device's has packet information (the protocol), a TAP device's has its
 * VLAN tag back. One that does not fit into buffer (at least 64 bytes;
 * TUNKIT_BUFFER_SIZE fits all) is cut and has TUNKIT_PI_STRIP in pi_flags.
 * 0 or: -EAGAIN none waits; -ENETDOWN, once, the link is down: frames come
 * again when it is up, and after this one -EBADFD has to be asked for, no event
 * announces it; -EBADFD the device is gone; -EINVAL a frame that the kernel
 * could not describe, it is lost; -EINTR, -ENOMEM.
 */
TUNKIT_API int tunkit_sniffer_receive(struct tunkit_sniffer *sniffer,
				      void *buffer, size_t size,
				      struct tunkit_frame *frame,
				      enum tunkit_direction *direction);

/* Frames that were lost since the open because they were not read in time. */
TUNKIT_API uint64_t tunkit_sniffer_dropped(struct tunkit_sniffer *sniffer);

/* ---- Holders: which process has which queue ----------------------------- */

struct tunkit_holder {
	pid_t pid;
	int fd;
	uid_t uid;			/* real uid of the process */
	char command[64];		/* comm; hostile text */
	char device[TUNKIT_NAME_SIZE];	/* hostile text */
	enum tunkit_queue_state state;
	/*
	 * The descriptor's device is known to be in the namespace that was
	 * scanned for. Otherwise it only has the name: a guess.
	 */
	bool verified;
	/* Same number: one queue, shared by dup() or fork(). From 0 in
	   each device. */
	unsigned int queue;
};

struct tunkit_holders;

/*
 * Who holds queues of device (NULL: of every device) in ns; one pass over
 * /proc. Holders known to be of another namespace are left out. A process
 * whose descriptors may not be read is counted, not named. Ordered by device,
 * pid, fd. -ENOMEM, -ENOENT: no /proc.
 */
TUNKIT_API int tunkit_holders_scan(struct tunkit_ns *ns, const char *device,
				   struct tunkit_holders **holders);
TUNKIT_API size_t tunkit_holders_count(const struct tunkit_holders *holders);
TUNKIT_API const struct tunkit_holder *
tunkit_holders_at(const struct tunkit_holders *holders, size_t index);
/* Processes whose descriptors could not be read. */
TUNKIT_API size_t
tunkit_holders_unreadable(const struct tunkit_holders *holders);
TUNKIT_API void tunkit_holders_free(struct tunkit_holders *holders);

/* ---- Diagnosis: why it failed, and what helps --------------------------- */

/* The classes of failure, with the exit status that the tools give them. */
enum tunkit_status {
	TUNKIT_STATUS_DONE = 0,
	TUNKIT_STATUS_FAILED = 1,
	TUNKIT_STATUS_USAGE = 2,
	TUNKIT_STATUS_STATE = 3,	/* busy, absent, exists, wrong kind */
	TUNKIT_STATUS_PERMISSION = 4,
	TUNKIT_STATUS_NO_DRIVER = 5,	/* no driver or no device node */
};

struct tunkit_diagnosis {
	enum tunkit_status status;
	char cause[384];	/* "held by qemu[4711] fd 9 (alice)" */
	char remedy[384];	/* what to do; "" when nothing is known */
};

enum tunkit_operation {
	TUNKIT_OP_NS,		/* tunkit_ns_open() */
	TUNKIT_OP_LIST,
	TUNKIT_OP_CREATE,	/* tunkit_device_create(), QUEUE_CREATE */
	TUNKIT_OP_ADJUST,
	TUNKIT_OP_LINK,
	TUNKIT_OP_DELETE,
	TUNKIT_OP_OPEN,		/* tunkit_queue_open() of an existing device */
	TUNKIT_OP_BORROW,	/* tunkit_queue_borrow(): pid, fd */
	TUNKIT_OP_ATTACH,	/* TUNSETQUEUE */
	TUNKIT_OP_DETACH,
	TUNKIT_OP_READ,
	TUNKIT_OP_WRITE,
};

/* The failure to explain. */
struct tunkit_failure {
	size_t size;
	enum tunkit_operation operation;
	int error;		/* as returned: negative */
	const char *device;	/* name or template; NULL where none */
	const char *where;	/* namespace as asked; NULL: the caller's */
	const char *node;	/* clone node as asked; NULL: the default */
	enum tunkit_kind kind;	/* asked, 0: any */
	uid_t owner;		/* asked, (uid_t)-1: none */
	gid_t group;
	pid_t pid;		/* TUNKIT_OP_BORROW */
	int fd;
	const char *master;	/* TUNKIT_OP_LINK, or NULL */
};

/*
 * What bears on a failure. All zero says that nothing is known to be amiss;
 * pointers are the caller's, and text is hostile: it is escaped on its way
 * into a diagnosis.
 */
struct tunkit_facts {
	size_t size;
	const struct tunkit_failure *failure;
	const char *kernel_text;	/* tunkit_ns_error() of the failure, or NULL */

	/* The clone node and what is behind it. */
	const char *node;	/* its path; NULL: /dev/net/tun */
	int node_error;		/* of opening it, negative; 0: it opens */
	bool driver;		/* /proc/misc lists the driver */
	bool modules_gone;	/* no module tree of the running kernel */
	const char *release;	/* uname -r, or NULL */

	/* The device of failure->device. */
	const struct tunkit_device *device;	/* NULL: absent or foreign */
	bool foreign;		/* an interface that is not a TUN/TAP device */
	const char *owner_name, *group_name;	/* of device, NULL: no name */
	const struct tunkit_holder *holders;	/* of device */
	size_t holders_count;
	size_t unreadable;	/* processes that may hold it too */
	const char *holder_user;	/* name of holders[0].uid, or NULL */

	/* The caller. */
	uid_t uid;		/* effective */
	bool in_group;		/* of device->group */
	bool net_admin;		/* CAP_NET_ADMIN, in its own user namespace */
	bool user_ns;		/* not in the initial user namespace */
	bool owner_unmapped, group_unmapped;	/* of failure->owner, ->group */

	/* The process of TUNKIT_OP_BORROW. */
	bool has_target;	/* target_uid is known */
	uid_t target_uid;
	const char *target_user;	/* its name, or NULL */
	int yama;		/* kernel.yama.ptrace_scope */
};

/*
 * Explains a failure from facts alone: asks nobody. A failure->error of 0 asks
 * for a note on the device, where there is one to make (ownerless, stale
 * offloads, no carrier): status TUNKIT_STATUS_DONE, cause "" otherwise.
 */
TUNKIT_API void tunkit_diagnose_facts(const struct tunkit_facts *facts,
				      struct tunkit_diagnosis *diagnosis);

/*
 * Collects what bears on the failure (node, driver, device, holders, the
 * caller's credentials) and explains it. ns may be NULL. Never fails: what
 * cannot be found out leaves a plainer text.
 */
TUNKIT_API void tunkit_diagnose(struct tunkit_ns *ns,
				const struct tunkit_failure *failure,
				struct tunkit_diagnosis *diagnosis);

#ifdef __cplusplus
}
#endif

#endif /* TUNKIT_H */
