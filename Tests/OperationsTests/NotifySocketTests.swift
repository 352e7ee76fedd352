import Foundation
import Glibc
import ServerRig
import Testing

@testable import Operations

@Suite("Notices to the service manager")
struct NotifySocketTests {
    /// A path for a socket. It is no folder of the rig, because that starts a process, and a test of the end of processes
    /// in the same program would wait for it.
    private let path = FileManager.default.temporaryDirectory.appending(path: "notices-\(UUID().uuidString)").path

    @Test("each notice is a line of the protocol, and those of one call are one datagram")
    func lines() throws {
        let listener = try NoticeListener(path)
        let socket = try #require(NotifySocket(path: listener.path))
        socket.send(.ready, .status("All parts work."))
        socket.send(.reloading(microseconds: 7))
        socket.send(.alive)
        socket.send(.stopping)
        #expect(listener.next() == ["READY=1", "STATUS=All parts work."])
        #expect(listener.next() == ["RELOADING=1", "MONOTONIC_USEC=7"])
        #expect(listener.next() == ["WATCHDOG=1"])
        #expect(listener.next() == ["STOPPING=1"])
        #expect(listener.next() == nil)
    }

    @Test(
        "a status is one bounded line, whatever a peer has put into a reason",
        arguments: ["a\nREADY=1", "a\r\nx", "a\0b"])
    func status(text: String) throws {
        let line = NotifySocket.Notice.status(text + String(repeating: "x", count: 500)).line
        #expect(line.utf8.allSatisfy { $0 >= 0x20 } && line.count <= 7 + 300)
    }

    @Test("only a usable path makes a socket", arguments: ["", "relative", "/" + String(repeating: "x", count: 200)])
    func unusable(path: String) { #expect(NotifySocket(path: path) == nil) }

    @Test("nobody listens: nothing happens", arguments: ["/nowhere/notify", "@nowhere"])
    func nobody(path: String) throws { try #require(NotifySocket(path: path)).send(.alive) }

    @Test(
        "signs of life are wanted in half the interval, if this process is meant",
        arguments: [
            ([:], nil), (["WATCHDOG_USEC": "20000000"], .seconds(10)), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil), (["WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"], .seconds(15)),
        ] as [([String: String], Duration?)])
    func watchdog(variables: [String: String], pause: Duration?) throws {
        let environment = variables.merging(["NOTIFY_SOCKET": "@x"]) { $1 }
        #expect(try #require(NotifySocket(environment: environment)).pauseBetweenSigns == pause)
        #expect(NotifySocket(environment: variables) == nil)
    }
}
