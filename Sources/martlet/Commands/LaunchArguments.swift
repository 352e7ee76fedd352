import Foundation

/// Reads the arguments with which the program was started.
enum LaunchArguments {
    /// The arguments without the program's name.
    static var all: [String] {
        read(CommandLine.arguments, system: FileManager.default.contents(atPath: "/proc/self/cmdline"))
    }

    /// Chooses between Swift's list of the arguments and the kernel's. Swift expects the arguments in memory directly
    /// before the environment. If a library that was loaded earlier has moved the environment, as libfaketime does,
    /// Swift finds no arguments. The kernel still knows them.
    ///
    /// - Parameters:
    ///   - found: Swift's list, which begins with the program's name; empty if Swift has found nothing.
    ///   - system: the kernel's list, in which a zero byte follows each argument (proc(5)).
    static func read(_ found: [String], system: Data?) -> [String] {
        guard found.isEmpty, let system else { return Array(found.dropFirst()) }
        let parts = system.split(separator: 0, omittingEmptySubsequences: false)
        return parts.dropFirst().dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
