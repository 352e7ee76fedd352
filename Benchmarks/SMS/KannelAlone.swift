import Foundation
import ServerRig
import Synchronization

/// Measures Kannel by itself, with the requests that Martlet would make. Its reports go to a webhook that only answers
/// 200.
struct KannelAlone {
    let messages: Int

    func run() async throws {
        let folder = try RigFolder()
        let hook = try Hook()
        let kannel = try await Kannel.start(
            in: folder, inbound: "http://127.0.0.1:\(hook.port)/in?from=%p", smsc: ScriptedSMSC(logs: folder.logs))
        let phones = try Phones(port: kannel.phonePort)
        let watch = Stopwatch()
        let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
            for part in 0..<16 {
                group.addTask { try await requests(part, to: kannel.sendPort, hook.port) }
            }
            return try await group.reduce(0, +)
        }
        let acceptedAt = watch.seconds
        try await poll("phones and reports", within: .seconds(120)) {
            phones.received >= accepted && hook.calls >= 2 * accepted ? () : nil
        }
        let seconds = watch.seconds
        print(
            "Kannel alone: \(accepted) messages accepted at \(Int(Double(accepted) / acceptedAt))/s;",
            "with both reports \(Int(Double(accepted) / seconds))/s")
        await kannel.stop()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    private func requests(_ part: Int, to port: Int, _ hook: Int) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        var connection = HTTPConnection(try Loopback.connect(port: port))
                        var accepted = 0
                        for number in 0..<(messages / 16) where connection.get(Self.target(part, number, hook)) == 202 {
                            accepted += 1
                        }
                        return accepted
                    })
            }
        }
    }

    private static func target(_ part: Int, _ number: Int, _ hook: Int) -> String {
        let report = HTTPExchange.encode(
            "http://127.0.0.1:\(hook)/r?token=x&ref=\(part)-\(number)&status=%d&answer=%A&fid=%F")
        let text = HTTPExchange.encode("Message number \(number) of a good many, all of about this length.")
        return "/cgi-bin/sendsms?username=\(Kannel.phoneUser.name)&password=\(Kannel.phoneUser.password)"
            + "&to=%2B\(Home.phone(part * 50 + number % 50).dropFirst())&from=%2B12025550100&text=\(text)"
            + "&charset=UTF-8&coding=0&dlr-mask=31&dlr-url=\(report)"
    }
}

/// Answers every call with 200.
private final class Hook: Sendable {
    let port: Int
    private let listener: Loopback
    private let count = Atomic<Int>(0)

    init() throws {
        port = try Port.free()
        listener = try Loopback.listen(port: port)
        listener.serve { [self] socket in
            var connection = HTTPConnection(socket)
            while connection.request() != nil, connection.answer(200, "") { count.add(1, ordering: .relaxed) }
        }
    }

    var calls: Int { count.load(ordering: .relaxed) }
}
