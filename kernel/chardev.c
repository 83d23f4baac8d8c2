// SPDX-License-Identifier: GPL-2.0
#include "chardev.h"

#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/seq_file.h>

#include "device.h"
#include "exports.h"
#include "ioctl.h"
#include "node.h"
#include "queue.h"
#include "receive.h"
#include "socket.h"
#include "transmit.h"

static int tun_open(struct inode *inode, struct file *file)
{
	struct tun_queue *queue;

	queue = tun_queue_alloc(current->nsproxy->net_ns, file);
	if (!queue)
		return -ENOMEM;
	file->private_data = queue;
	/* read and write honour IOCB_NOWAIT: io_uring need not punt them. */
	file->f_mode |= FMODE_NOWAIT;
	return 0;
}

static int tun_release(struct inode *inode, struct file *file)
{
	tun_queue_release(file->private_data);
	return 0;
}

static bool iocb_noblock(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK ||
	       iocb->ki_flags & IOCB_NOWAIT;
}

static ssize_t tun_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct tun_queue *queue = iocb->ki_filp->private_data;
	ssize_t ret, room = iov_iter_count(to);
	struct tun_device *device;

	device = tun_queue_device_get(queue);
	if (!device)
		return -EBADFD;
	ret = tun_transmit(device, queue, to, iocb_noblock(iocb), NULL);
	dev_put(device->dev);
	ret = min(ret, room);
	if (ret > 0)
		iocb->ki_pos = ret;
	return ret;
}

static ssize_t tun_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct tun_queue *queue = iocb->ki_filp->private_data;
	struct tun_device *device;
	ssize_t ret;

	device = tun_queue_device_get(queue);
	if (!device)
		return -EBADFD;
	ret = tun_receive(device, queue, NULL, from, iocb_noblock(iocb), false);
	dev_put(device->dev);
	return ret;
}

static bool tun_may_write(struct tun_device *device, struct tun_queue *queue)
{
	return device->dev->flags & IFF_UP && tun_socket_writable(queue);
}

static __poll_t tun_poll(struct file *file, poll_table *wait)
{
	struct tun_queue *queue = file->private_data;
	struct sock *sk = &queue->sk;
	struct tun_device *device;
	__poll_t mask = 0;

	device = tun_queue_device_get(queue);
	if (!device)
		return EPOLLERR;
	poll_wait(file, sk_sleep(sk), wait);
	if (!ptr_ring_empty(&queue->ring))
		mask |= EPOLLIN | EPOLLRDNORM;
	/* Asked again after the bit is set: a wake-up between is not lost. */
	if (tun_may_write(device, queue) ||
	    (!test_and_set_bit(SOCKWQ_ASYNC_NOSPACE, &sk->sk_socket->flags) &&
	     tun_may_write(device, queue)))
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (device->dev->reg_state != NETREG_REGISTERED)
		mask = EPOLLERR;
	dev_put(device->dev);
	return mask;
}

static int tun_fasync(int fd, struct file *file, int on)
{
	struct tun_queue *queue = file->private_data;
	int ret;

	if (on) {
		ret = compat_file_owner(file);
		if (ret)
			return ret;
	}
	ret = fasync_helper(fd, file, on, &queue->fasync);
	if (ret < 0)
		return ret;
	if (on)
		__f_setown(file, task_pid(current), PIDTYPE_TGID, 0);
	queue->sigio = on;
	return 0;
}

#ifdef CONFIG_PROC_FS
static void tun_show_fdinfo(struct seq_file *seq, struct file *file)
{
	struct tun_queue *queue = file->private_data;
	char name[IFNAMSIZ] = "";
	struct tun_device *device;

	/* It is not renamed meanwhile. */
	rtnl_lock();
	device = tun_queue_device_get(queue);
	if (device) {
		memcpy(name, device->dev->name, sizeof(name));
		dev_put(device->dev);
	}
	rtnl_unlock();
	seq_printf(seq, "iff:\t%s\n", name);
}
#endif

const struct file_operations tun_fops = {
	.owner		= THIS_MODULE,
	.open		= tun_open,
	.release	= tun_release,
	.read_iter	= tun_read_iter,
	.write_iter	= tun_write_iter,
	.poll		= tun_poll,
	.unlocked_ioctl	= tun_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl	= tun_compat_ioctl,
#endif
	.fasync		= tun_fasync,
#ifdef CONFIG_PROC_FS
	.show_fdinfo	= tun_show_fdinfo,
#endif
};

#ifndef TUN_BESIDE
struct socket *tun_file_socket(struct file *file)
{
	struct tun_queue *queue;

	if (file->f_op != &tun_fops)
		return ERR_PTR(-EINVAL);
	queue = file->private_data;
	return queue ? &queue->socket : ERR_PTR(-EBADFD);
}

struct ptr_ring *tun_file_ring(struct file *file)
{
	struct tun_queue *queue;

	if (file->f_op != &tun_fops)
		return ERR_PTR(-EINVAL);
	queue = file->private_data;
	return queue ? &queue->ring : ERR_PTR(-EBADFD);
}
#endif

struct miscdevice tun_miscdev = {
	.minor		= TUN_NODE_MINOR,
	.name		= TUN_NODE_NAME,
	.nodename	= TUN_NODE_PATH,
	.fops		= &tun_fops,
};
