import ServerRig
import Testing

extension CommandLine {
    @Test("the service manager hears why a stream is not up, signs of life, that the file is read again, and the end")
    func serviceManager() async throws {
        let folder = try RigFolder()
        let notices = try NoticeListener(folder.path + "/notices")
        let port = try Port.free()
        let scene = try StreamScene(
            ["server: 127.0.0.1:\(port)"], environment: ["NOTIFY_SOCKET": notices.path, "WATCHDOG_USEC": "200000"],
            in: folder)

        try await scene.martlet.daemon.start()
        let ready = try await notices.expect("READY=1")
        let status = try #require(ready.first { $0.hasPrefix("STATUS=") })
        #expect(status.contains("stream of echo.example.org") && status.contains("127.0.0.1:\(port)"))
        try await notices.expect("WATCHDOG=1")
        try await notices.expect("WATCHDOG=1")
        await scene.martlet.daemon.reload()
        try await notices.expect("RELOADING=1")
        try await notices.expect("READY=1")
        await scene.martlet.daemon.stop()
        try await notices.expect("STOPPING=1")
        await scene.stop()
    }
}
