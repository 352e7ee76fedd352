import Basics
import Foundation
import Glibc
import Testing

@testable import martlet

@Suite("What is found before a start")
struct StartProbeTests {
    /// A socket that listens on a port of its own, until the test ends.
    private final class Listener {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let port: Int

        init() {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(descriptor, $0, length)
                    _ = listen(descriptor, 1)
                    _ = getsockname(descriptor, $0, &length)
                }
            }
            port = Int(in_port_t(bigEndian: address.sin_port))
        }

        deinit { close(descriptor) }
    }

    @Test("A taken port is reported, and a free one is not")
    func ports() {
        let listener = Listener()
        let words = ListenProbe.flaw(Endpoint(host: "127.0.0.1", port: listener.port))
        #expect(words?.hasPrefix("cannot listen on 127.0.0.1:\(listener.port): Address already in use") == true)
        let free = { Listener().port }()
        #expect(ListenProbe.flaw(Endpoint(host: "127.0.0.1", port: free)) == nil)
        #expect(ListenProbe.flaw(Endpoint(host: "192.0.2.1", port: 80)) == "192.0.2.1 is no address of this machine")
    }

    @Test("A backup names the files that a restore needs: the key, the configuration, and the files that it names")
    func companions() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "companions-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/providers", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = """
            registry: \(folder)/r
            gateways: {a.example.org: {secret: {file: \(folder)/a.secret}, tls: {ca-file: "\(folder)/ca.pem"}}}
            # {file: \(folder)/gone.secret}
            """
        for name in ["r", "r.key", "a.secret", "ca.pem", "other"] {
            try Data(name.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        try text.write(toFile: folder + "/martlet.yaml", atomically: true, encoding: .utf8)
        let found = BackupCommand.companions(folder + "/martlet.yaml", key: folder + "/r.key")
        #expect(
            found.map { $0.dropFirst(folder.count + 1) } == [
                "martlet.yaml", "r.key", "a.secret", "ca.pem", "providers",
            ])
    }
}
