import Foundation
import GatewayCore
import Logging
import ServiceLifecycle
import Settings
import Testing

@testable import martlet

@Suite("The control socket")
struct ControlSocketTests {
    /// A folder for one test.
    private static func folder() throws -> String {
        var template = Array((NSTemporaryDirectory() + "/martlet-control-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw StartFailure("no folder") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Runs the socket for the time of a function, which gets its path.
    private func running(_ work: @Sendable (String) async throws -> Void) async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/control.sock"
        let service = ControlSocket(
            settings: ControlSettings(socket: path), gateways: GatewayDirectory(),
            logger: Logger(label: "control") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            while !FileManager.default.fileExists(atPath: path) { await Task.yield() }
            try await work(path)
            group.cancelAll()
        }
        #expect(!FileManager.default.fileExists(atPath: path), "the file goes with the program")
    }

    /// Writes bytes to the socket and reads the replies to the end.
    private static func ask(_ path: String, _ bytes: Data) async throws -> [ControlReply] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let descriptor = try #require(UnixSocket.connect(path))
                        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
                        signal(SIGPIPE, SIG_IGN)
                        try? file.write(contentsOf: bytes)
                        let text = try file.readToEnd() ?? Data()
                        return try text.split(separator: UInt8(ascii: "\n")).map {
                            try JSONDecoder().decode(ControlReply.self, from: $0)
                        }
                    })
            }
        }
    }

    private static func mode(of path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test("only the owner may open the socket, and nothing else is left in its folder")
    func mode() async throws {
        try await running { path in
            #expect(Self.mode(of: path) == 0o600)
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files == ["control.sock"])
        }
    }

    @Test(
        "a command that cannot be read, is too long, or names no gateway is refused in words",
        arguments: [
            ("fly\n", "cannot be read"), ("{}\n", "cannot be read"),
            (String(repeating: "x", count: 70_000), "is longer than"),
            (
                "{\"command\":\"users\",\"values\":{},\"isForProgram\":false,\"gateway\":\"x.org\"}\n",
                "There is no gateway 'x.org'"
            ),
            ("{\"command\":\"users\",\"values\":{},\"isForProgram\":false}\n", "No gateway runs."),
        ])
    func refused(request: String, words: String) async throws {
        try await running { path in
            let replies = try await Self.ask(path, Data(request.utf8))
            #expect(replies.first?.error?.contains(words) == true, "\(replies)")
            #expect(replies.last == .end)
        }
    }

    @Test(
        "clients that say nothing take no place from others, up to the bound, and then further ones are told",
        .timeLimit(.minutes(1)))
    func several() async throws {
        try await running { path in
            let idle = try (1...ControlSlots.most).map { _ in try #require(UnixSocket.connect(path)) }
            // The server takes connections one by one, so a further one can be answered before the last idle one is taken.
            var replies: [ControlReply] = []
            repeat {
                replies = try await Self.ask(path, Data("fly\n".utf8))
            } while replies.first?.error?.contains("Too many commands") != true
            for descriptor in idle { close(descriptor) }
            // The places become free when the server has seen the ends.
            repeat {
                replies = try await Self.ask(path, Data("fly\n".utf8))
            } while replies.first?.error?.contains("Too many") == true
            #expect(replies.first?.error?.contains("cannot be read") == true)
        }
    }

    @Test("the file that a killed process has left is replaced; that of a living one is not")
    func stale() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await running { path in
            #expect(throws: StartFailure.self) { try ControlSocketFile(ControlSettings(socket: path)) }
            let replies = try await Self.ask(path, Data("x\n".utf8))
            #expect(replies.count == 2, "the living one still answers")
        }
        let path = folder + "/control.sock"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(listener)
        let file = try ControlSocketFile(ControlSettings(socket: path))
        file.discard()
        try Data().write(to: URL(fileURLWithPath: folder + "/file"))
        #expect(throws: StartFailure.self) { try ControlSocketFile(ControlSettings(socket: folder + "/file")) }
    }

    @Test("tables are aligned, and characters that control a terminal are replaced")
    func text() {
        var answer = ConsoleAnswer(["One user:"])
        answer.columns = ["jid", "state"]
        answer.headings = ["User", "State"]
        answer.rows = [["anna@example.org", "ok"], ["e\u{1B}[31mvil\n", "x"]]
        #expect(
            ControlText.lines(of: ControlReply(answer, gateway: "g")) == [
                "One user:", "User              State", "anna@example.org  ok", "e\u{FFFD}[31mvil         x",
            ])
        #expect(ControlText.document(of: ControlReply(answer, gateway: "g")).isEmpty)
        answer.document = "{\n}"
        #expect(ControlText.document(of: ControlReply(answer, gateway: "g")) == ["{", "}"])
    }
}
