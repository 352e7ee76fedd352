import Foundation

/// The resources that a process has used so far, from /proc.
struct ProcessUsage {
    /// Processor time of all threads, in microseconds.
    let processor: Double
    /// Memory in use, in kB.
    let resident: Int
    let peak: Int

    init(pid: pid_t) throws {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = (stat.components(separatedBy: ") ").last ?? "").split(separator: " ")
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw LoadFailure("cannot read /proc/\(pid)/stat")
        }
        processor = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1e6
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        resident = Self.value("VmRSS:", status)
        peak = Self.value("VmHWM:", status)
    }

    private static func value(_ name: String, _ text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
