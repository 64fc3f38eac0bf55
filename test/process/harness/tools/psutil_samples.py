"""What psutil says at every whole second, a JSON object a line, until it is ended."""

import json
import os
import sys
import time

import psutil


def sample():
    """Everything at once; the time is that of the first reading."""
    now = time.time()
    memory, swap, disk = psutil.virtual_memory(), psutil.swap_memory(), psutil.disk_usage("/")
    stats = psutil.cpu_stats()
    disks = psutil.disk_io_counters(perdisk=True) or {}
    interfaces = psutil.net_io_counters(pernic=True)
    sockets = [
        connection.status
        for connection in psutil.net_connections("inet")
        if connection.status != psutil.CONN_TIME_WAIT
    ]
    return {
        "time": now,
        "cpu": [list(times_of(times)) for times in [psutil.cpu_times(), *psutil.cpu_times(percpu=True)]],
        "mhz": [frequency.current for frequency in psutil.cpu_freq(percpu=True) or []],
        "counters": [stats.ctx_switches, stats.interrupts, stats.soft_interrupts],
        "load": list(psutil.getloadavg()),
        "memory": [memory.total, memory.available, memory.used, memory.percent],
        "swap": [swap.total, swap.used, swap.percent],
        "disk": [disk.total, disk.used, disk.percent],
        # Partitions have no device, nor have loop, RAM and mapper devices.
        "io": sums(list(io)[:4] for name, io in disks.items() if os.path.exists(f"/sys/block/{name}/device")),
        "net": sums(list(nic) for name, nic in interfaces.items() if name != "lo"),
        "sockets": [
            len(sockets),
            sum(status in (psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT) for status in sockets),
        ],
    }


def times_of(times):
    """Seconds working and altogether."""
    idle = times.idle + times.iowait
    work = times.user + times.nice + times.system + times.irq + times.softirq + times.steal
    return work, work + idle


def sums(rows):
    return [sum(column) for column in zip(*rows)]


while True:
    time.sleep(1 - time.time() % 1)
    sys.stdout.write(json.dumps(sample()) + "\n")
    sys.stdout.flush()
