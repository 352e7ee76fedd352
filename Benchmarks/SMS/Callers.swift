import Foundation
import Synchronization

/// Calls webhooks over a few kept connections, as Kannel's smsbox does: one thread for each connection, and one call
/// at a time on each. A call that is not answered with 200 is repeated, as providers do.
final class Callers: Sendable {
    struct Counts: Sendable {
        var answered = 0
        var again = 0
    }

    private let queue = Mutex<[String]>([])
    private let counts = Mutex(Counts())
    private let work = DispatchSemaphore(value: 0)

    init(port: Int, connections: Int) {
        for _ in 0..<connections {
            Thread.detachNewThread { [self] in
                var connection: HTTPConnection?
                while true {
                    work.wait()
                    guard let target = queue.withLock({ $0.isEmpty ? nil : $0.removeLast() }) else { return }
                    if connection == nil { connection = (try? Loopback.connect(port: port)).map(HTTPConnection.init) }
                    switch connection?.get(target) {
                    case 200: counts.withLock { $0.answered += 1 }
                    case let status:
                        if status == nil { connection = nil }
                        counts.withLock { $0.again += 1 }
                        call(target)
                    }
                }
            }
        }
    }

    var now: Counts { counts.withLock { $0 } }

    func call(_ target: String) {
        queue.withLock { $0.append(target) }
        work.signal()
    }
}
