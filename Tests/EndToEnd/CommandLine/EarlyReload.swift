import ServerRig
import Testing

extension CommandLine {
    @Test("a SIGHUP during the start does not tell the service manager that the program is ready")
    func earlyReload() async throws {
        let folder = try RigFolder()
        let notices = try NoticeListener(folder.path + "/notices")
        // A server that accepts the connection and says nothing, so that the start is not complete.
        let silent = try SilentServer()
        let scene = try StreamScene(
            ["server: 127.0.0.1:\(silent.port)"], environment: ["NOTIFY_SOCKET": notices.path], in: folder)

        try await scene.martlet.daemon.start()
        try await scene.martlet.awaitLog("starting")
        await scene.martlet.daemon.reload()
        try await scene.martlet.awaitLog("was read again")
        var before: [String] = []
        while let lines = notices.next() { before += lines }
        #expect(!before.contains("READY=1") && !before.contains("RELOADING=1"), "\(before)")
        silent.close()
        try await notices.expect("READY=1")
        await scene.stop()
    }
}
