import ArgumentParser
import Foundation
import Settings

/// Sends a command to a running Martlet over its control socket, and prints the answer.
struct ControlClient {
    let socket: String
    /// Whether each part of the answer is printed as one line of JSON.
    let isJSON: Bool

    /// Carries out a command. Throws an exit code: 1 if every gateway has refused it, 69 (EX_UNAVAILABLE) if no Martlet
    /// listens, 77 (EX_NOPERM) if the user may not open the socket.
    func run(_ request: ControlRequest) throws {
        let descriptor = try connect()
        defer { close(descriptor) }
        let line = try JSONEncoder().encode(request)
        try FileHandle(fileDescriptor: descriptor).write(contentsOf: line + Data("\n".utf8))
        var (successes, refusals, isComplete) = (0, 0, false)
        try readLines(descriptor) { line in
            let reply = try JSONDecoder().decode(ControlReply.self, from: line)
            if reply.isEnd == true {
                isComplete = true
                return
            }
            if reply.error == nil { successes += 1 } else { refusals += 1 }
            show(reply, line)
        }
        guard isComplete else { throw Self.failure("Martlet has closed the socket before the end of its answer.", 69) }
        if successes == 0, refusals > 0 { throw ExitCode(1) }
    }

    private func show(_ reply: ControlReply, _ line: Data) {
        if isJSON { return print(String(decoding: line, as: UTF8.self)) }
        if let error = reply.error {
            let place = reply.gateway.map { "\($0): " } ?? ""
            return Self.complain(place + error)
        }
        // A document, such as the data of a user, can be piped to another program.
        for line in ControlText.lines(of: reply) { reply.document == nil ? print(line) : Self.complain(line) }
        for line in ControlText.document(of: reply) { print(line) }
    }

    private func connect() throws -> Int32 {
        if let descriptor = UnixSocket.connect(socket) { return descriptor }
        switch errno {
        case EACCES, EPERM:
            throw Self.failure("You may not open \(socket). Run this as root, or as a member of control.group.", 77)
        case ENOENT, ECONNREFUSED: throw Self.failure("No Martlet listens at \(socket). Is it running?", 69)
        default: throw Self.failure("\(socket): \(String(cString: strerror(errno)))", 69)
        }
    }

    private func readLines(_ descriptor: Int32, _ take: (Data) throws -> Void) throws {
        var pending = Data()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            pending += chunk[..<count]
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                try take(Data(pending[pending.startIndex..<end]))
                pending = Data(pending[(end + 1)...])
            }
        }
    }

    private static func failure(_ words: String, _ code: Int32) -> ExitCode {
        complain(words)
        return ExitCode(code)
    }

    static func complain(_ words: String) { FileHandle.standardError.write(Data("\(words)\n".utf8)) }
}
