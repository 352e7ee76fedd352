import Foundation

/// The arguments with which the program was started, without its name.
enum LaunchArguments {
    static var all: [String] {
        read(CommandLine.arguments, system: FileManager.default.contents(atPath: "/proc/self/cmdline"))
    }

    /// Swift looks for the arguments in memory, in front of the environment, and finds none if a library that was loaded
    /// before it has moved the environment (libfaketime does). The kernel still knows them.
    ///
    /// - Parameters:
    ///   - found: what Swift has found; the program's name is missing only if it has found nothing.
    ///   - system: the kernel's list, each argument with a zero byte behind it (proc(5)).
    static func read(_ found: [String], system: Data?) -> [String] {
        guard found.isEmpty, let system else { return Array(found.dropFirst()) }
        let parts = system.split(separator: 0, omittingEmptySubsequences: false)
        return parts.dropFirst().dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
