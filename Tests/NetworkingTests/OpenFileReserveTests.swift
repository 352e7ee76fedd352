import Foundation
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import Networking

@Suite("File descriptors that users cannot take")
struct OpenFileReserveTests {
    @Test("are an eighth of the limit, and everything below them is free for users")
    func share() {
        let held = (0..<64).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { for descriptor in held { close(descriptor) } }
        #expect(held.allSatisfy { $0 >= 0 })
        #expect(!OpenFileReserve.isFree(under: 64))
        #expect(OpenFileReserve.isFree(under: 1 << 20))
        #expect(OpenFileReserve.isFree)
    }

    /// In a process of its own, which has few descriptors.
    @Test("are left when users have taken all others: a user is told so, and the program's own link is made")
    func takenByUsers() async {
        await #expect(processExitsWith: .success) {
            let server = try await LoopbackServer.start()
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            // The process has inherited the sockets of the tests that run beside this one.
            let inherited = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            var limit = rlimit(rlim_cur: UInt(inherited + 120), rlim_max: UInt(inherited + 120))
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            while OpenFileReserve.isFree { #expect(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) }
            let dialer = Dialer()
            // A connection is a user's unless it says otherwise.
            let ofUser = dialer.connect(
                to: server.endpoint(), tls: .plain, policy: .anywhere, timeout: .seconds(10), on: loop
            ) { _ in }
            await #expect(throws: DialError.tooManyOpenFiles(server.endpoint())) { try await ofUser.get() }
            try await dialer.connect(
                to: server.endpoint(), tls: .plain, policy: .anywhere, timeout: .seconds(10), usesReserve: true,
                on: loop
            ) { _ in }.get().close()
        }
    }
}
