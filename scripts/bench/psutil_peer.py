"""The same collection with psutil: one CSV row a second, for the bench to compare with.

Written as a careful author would: one call of psutil a second for each kind of reading, the files of /proc that psutil
has no call for read directly, one write a row.

Usage: psutil_peer.py FILE PHASE CONNECTIONS
  FILE         where the rows go
  PHASE        part of a second after the whole second at which samples are taken, 0 to 1
  CONNECTIONS  "psutil": counted with psutil.net_connections(), which looks into every process;
               "kernel": read from the kernel's counters, as an author would who had measured that
"""

import datetime
import os
import sys
import time

import psutil

GIB = 2**30
MIB = 2**20
MEGABYTE = 1e6
MEGABIT = 1e6

# One mount point a device.
DISKS = list({part.device: part.mountpoint for part in reversed(psutil.disk_partitions(all=False))}.values()) or ["/"]


def pressure(what):
    """Share of the last 10 s in which some task waited; None on a kernel that does not measure it."""
    try:
        with open(f"/proc/pressure/{what}", encoding="ascii") as file:
            return float(file.readline().split("avg10=")[1].split()[0])
    except OSError:
        return None


def sockets_of_psutil():
    """TCP and UDP sockets, and established TCP connections."""
    connections = psutil.net_connections(kind="inet")
    return len(connections), sum(one.status == psutil.CONN_ESTABLISHED for one in connections)


def sockets_of_kernel():
    """TCP and UDP sockets in use, and established TCP connections."""
    total = 0
    for name in ("sockstat", "sockstat6"):
        try:
            with open(f"/proc/net/{name}", encoding="ascii") as file:
                for line in file:
                    if line.startswith(("TCP", "UDP:", "UDP6:")):
                        total += int(line.split()[2])
        except OSError:
            pass
    with open("/proc/net/snmp", encoding="ascii") as file:
        tcp = [line.split() for line in file if line.startswith("Tcp:")]
    return total, int(tcp[1][tcp[0].index("CurrEstab")])


def is_whole_disk(name):
    return os.path.exists(f"/sys/block/{name}") and not name.startswith(("loop", "ram", "zram", "dm-"))


WHOLE_DISKS = [name for name in psutil.disk_io_counters(perdisk=True) or {} if is_whole_disk(name)]


class Rates:
    """Increases a second of counters."""

    def __init__(self):
        self.before = None

    def of(self, now, *counters):
        rates = None
        if self.before is not None and now > self.before[0]:
            elapsed = now - self.before[0]
            rates = [(value - old) / elapsed for value, old in zip(counters, self.before[1:])]
        self.before = (now, *counters)
        return rates


def sample(sockets, disk_rates, net_rates):
    """One row, in the order of the columns of header()."""
    now = time.monotonic()
    row = [datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")]

    times = psutil.cpu_times_percent(percpu=True)
    busy = [100 - times_of_core.idle - times_of_core.iowait for times_of_core in times]
    row.append(round(sum(busy) / len(busy), 1))
    row += [round(value, 1) for value in busy]
    frequencies = psutil.cpu_freq(percpu=True)
    row += [round(frequency.current) for frequency in frequencies]
    stats = psutil.cpu_stats()
    row += [stats.ctx_switches, stats.interrupts, stats.soft_interrupts]
    row += [round(load, 2) for load in psutil.getloadavg()]

    memory = psutil.virtual_memory()
    row += [
        round(memory.total / MIB),
        round((memory.total - memory.available) / MIB),
        round(memory.available / MIB),
        memory.percent,
    ]
    swap = psutil.swap_memory()
    row += [round(swap.total / MIB), round(swap.used / MIB), swap.percent]
    row += [pressure(what) for what in ("cpu", "memory", "io")]

    for mount in DISKS:
        usage = psutil.disk_usage(mount)
        row += [round(usage.used / GIB, 2), round(usage.total / GIB, 2), usage.percent]
    disks = psutil.disk_io_counters(perdisk=True)
    io = [disks[name] for name in WHOLE_DISKS if name in disks]
    counters = [sum(disk[field] for disk in io) for field in range(4)]
    rates = disk_rates.of(now, counters[2], counters[3]) or [0, 0]
    row += [round(rate / MEGABYTE, 3) for rate in rates]
    row += counters

    interfaces = psutil.net_io_counters(pernic=True)
    sums = [sum(values) for values in zip(*(nic for name, nic in interfaces.items() if name != "lo"))]
    rates = net_rates.of(now, sums[0], sums[1]) if sums else None
    row += sums
    row += [round(rate * 8 / MEGABIT, 3) for rate in rates or [0, 0]]
    row += sockets()
    return row


def header():
    cores = range(psutil.cpu_count())
    names = ["timestamp", "total_utilization"]
    names += [f"core_{core}_utilization" for core in cores] + [f"core_{core}_freq_mhz" for core in cores]
    names += ["context_switches", "interrupts", "soft_interrupts", "load_avg_1m", "load_avg_5m", "load_avg_15m"]
    names += ["ram_total_mb", "ram_used_mb", "ram_available_mb", "ram_percent"]
    names += ["swap_total_mb", "swap_used_mb", "swap_percent", "cpu_pressure", "memory_pressure", "io_pressure"]
    for number in range(len(DISKS)):
        names += [f"disk_{number}_used_gb", f"disk_{number}_total_gb", f"disk_{number}_percent"]
    names += ["disk_read_rate_mbps", "disk_write_rate_mbps"]
    names += ["disk_read_count", "disk_write_count", "disk_read_bytes", "disk_write_bytes"]
    names += ["net_bytes_sent", "net_bytes_recv", "net_packets_sent", "net_packets_recv"]
    names += ["net_errors_in", "net_errors_out", "net_drops_in", "net_drops_out"]
    names += ["net_send_rate_mbps", "net_recv_rate_mbps", "net_connections_total", "net_connections_established"]
    return names


def line(fields):
    return ",".join("" if field is None else str(field) for field in fields) + "\n"


def main(path, phase, connections):
    sockets = sockets_of_psutil if connections == "psutil" else sockets_of_kernel
    disk_rates, net_rates = Rates(), Rates()
    with open(path, "w", buffering=1, encoding="ascii") as file:
        file.write(line(header()))
        psutil.cpu_times_percent(percpu=True)
        while True:
            now = time.time()
            time.sleep(1 - (now - phase) % 1)
            file.write(line(sample(sockets, disk_rates, net_rates)))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
