import Glibc

/// The resources that a process has used, read from /proc.
struct ProcessMeter {
    let pid: pid_t

    /// The process's CPU clock: nanoseconds on a CPU in user and kernel mode, all threads together.
    var cpu: Int {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Memory in use now, in kB, and the largest since `resetPeak`.
    var memory: Int { status("VmRSS:") }
    var peak: Int { status("VmHWM:") }

    /// Memory that holds no pages of files, in kB: the process's own data, without its code.
    var data: Int { status("RssAnon:") }

    /// Writing 5 to clear_refs sets the peak to the memory in use now (proc(5)).
    func resetPeak() {
        guard let file = fopen("/proc/\(pid)/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    private func status(_ key: String) -> Int {
        let line = Self.read("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}

/// Nanoseconds of a clock that never goes back.
func nanoseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
}
