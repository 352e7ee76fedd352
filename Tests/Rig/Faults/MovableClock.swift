import Foundation

/// The time of day that one program sees, moved while the program runs. Its timers are not affected (libfaketime).
package final class MovableClock: Sendable {
    private let file: String

    init(in folder: RigFolder) throws {
        if let obstacle = Self.obstacle { throw RigFailure(obstacle) }
        file = folder.path + "/clock"
        try move(by: .zero)
    }

    private static let library: String? = {
        let root = "/usr/lib"
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return folders.map { "\(root)/\($0)/faketime/libfaketimeMT.so.1" }.first(
            where: FileManager.default.fileExists)
    }()

    /// Why this machine cannot have such a clock; nil if it can.
    package static var obstacle: String? { library == nil ? "libfaketime is not installed" : nil }

    /// The variables that the program needs in its environment.
    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library ?? "", "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// Sets the difference between the time of day and the true time. A negative offset makes it earlier.
    package func move(by offset: Duration) throws {
        let seconds = Int(offset.seconds)
        let made = file + ".new"
        try ((seconds < 0 ? "" : "+") + "\(seconds)\n").write(toFile: made, atomically: false, encoding: .utf8)
        guard rename(made, file) == 0 else { throw RigFailure("cannot write \(file)") }
    }
}
