import Foundation
import Glibc
import Synchronization

/// A minimal IRC server. It accepts every login, answers PING and JOIN, and sends the lines of a test as fast as the
/// client reads them.
package final class ScriptedIRCServer: Sendable {
    package let port: Int
    private let listener: FileDescriptor
    private let clients = Mutex<[FileDescriptor]>([])
    private let written = Atomic<Int>(0)

    package init() throws {
        port = try Port.free()
        let listener = FileDescriptor(try LineSocket.listen(port: port))
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let handle = accept(listener.number, nil, nil)
                if handle == -1 && errno == EINTR { continue }
                guard handle >= 0, let self else { return }
                let client = FileDescriptor(handle)
                self.clients.withLock { $0.append(client) }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    deinit { shutdown(listener.number, Int32(SHUT_RDWR)) }

    /// Number of lines that `flood` has written so far.
    package var count: Int { written.load(ordering: .relaxed) }

    /// Writes lines to every connected client, from a thread of its own. It waits while a client does not read.
    package func flood(_ lines: @escaping @Sendable (Int) -> String, _ numbers: Range<Int>) {
        let clients = clients.withLock { $0 }
        Thread.detachNewThread {
            for number in numbers {
                for client in clients { try? client.write(lines(number) + "\r\n") }
                self.written.add(1, ordering: .relaxed)
            }
        }
    }

    private func serve(_ client: FileDescriptor) {
        var nick = "*"
        client.readLines { text in
            let line = IRCLine(text)
            switch line.command {
            case "NICK": nick = line[0]
            case "USER": self.greet(nick, client)
            case "PING": try? client.write(":irc.test PONG irc.test :\(line.last)\r\n")
            case "CAP" where line[0] == "LS": try? client.write(":irc.test CAP * LS :\r\n")
            case "JOIN":
                let channel = line[0]
                try? client.write(
                    ":\(nick)!u@h JOIN \(channel)\r\n:irc.test 353 \(nick) = \(channel) :\(nick) flood\r\n"
                        + ":irc.test 366 \(nick) \(channel) :End\r\n")
            default: break
            }
        }
    }

    private func greet(_ nick: String, _ client: FileDescriptor) {
        let lines = [
            "001 \(nick) :Welcome", "002 \(nick) :Your host", "003 \(nick) :Created", "004 \(nick) irc.test 1 i nt",
            "005 \(nick) CHANTYPES=# NICKLEN=30 :are supported", "422 \(nick) :No MOTD",
        ]
        try? client.write(lines.map { ":irc.test " + $0 + "\r\n" }.joined())
    }
}
