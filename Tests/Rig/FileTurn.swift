import Foundation

/// The turn to use something of which the machine has only one, such as a fixed port. It ends with this object or with
/// the process.
final class FileTurn: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Waits until nobody else has the turn, in this process or in others.
    static func take(_ name: String) async throws -> FileTurn {
        let path = "/tmp/\(name).lock"
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw RigFailure("\(path) cannot be opened") }
        let turn = FileTurn(descriptor)
        return try await poll("the turn of \(path)", within: .seconds(600), every: .milliseconds(200)) {
            flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? turn : nil
        }
    }
}
