import Foundation
import GatewayKit
import HTTP
import Logging
import Synchronization
import Testing

@testable import SMSAdapter

@Suite("The folder for files of messages")
final class MediaFolderTests: Sendable {
    private let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    private let time = Mutex(1_000_000.0)
    private static let picture: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0]

    deinit { try? FileManager.default.removeItem(atPath: place) }

    private func folder(most: Int = 1 << 20, days: Int = 30) -> (MediaFolder, [MediaJob]?) {
        let folder = MediaFolder(
            path: place, mostBytes: most, longestAge: .seconds(86_400 * days),
            clock: { [self] in Timestamp(secondsSince1970: time.withLock { $0 }) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, perform: { $0() })
        let jobs = Mutex<[MediaJob]?>(nil)
        folder.open { found in jobs.withLock { $0 = found } }
        return (folder, jobs.withLock { $0 })
    }

    private func store(_ bytes: [UInt8] = picture, for id: String, in folder: MediaFolder) -> MediaFolder.Entry? {
        let entry = Mutex<MediaFolder.Entry?>(nil)
        folder.store(bytes, for: id) { stored in entry.withLock { $0 = stored } }
        time.withLock { $0 += 1 }
        return entry.withLock { $0 }
    }

    private func found(_ name: String, in folder: MediaFolder) -> Int? {
        let size = Mutex<Int?>(nil)
        folder.find(Substring(name)) { found in size.withLock { $0 = found?.1.size } }
        return size.withLock { $0 }
    }

    private var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: place + "/files")) ?? []).sorted()
    }

    private static func job(_ id: String, at: Double = 0) -> MediaJob {
        let peer = PeerAddress(network: SMSRules.network, name: Gateway.friend)
        return MediaJob(
            account: "box", number: Gateway.alice, user: "u", message: InboundMessage(from: .peer(peer), text: "hi"),
            id: id, files: [InboundMedia(url: "https://x.example/1", type: "image/jpeg", size: 4)], receivedAt: at)
    }

    @Test("A file has a name that nobody can guess, the same for each repetition, also after a restart")
    func names() throws {
        let (folder, _) = folder()
        let first = try #require(store(for: "a/1", in: folder))
        #expect(first.name.utf8.count == 40 && first.fileName.hasSuffix(".jpg") && !first.name.contains("a/1"))
        #expect(store(for: "a/1", in: folder)?.name == first.name && files.count == 1)
        #expect(store(for: "a/2", in: folder)?.name != first.name)
        let (again, _) = self.folder()
        #expect(again.entry(for: "a/1")?.fileName == first.fileName)
        #expect(found(first.fileName, in: again) == 4)
    }

    @Test("Only its owner can read the folder")
    func permissions() throws {
        let (folder, _) = folder()
        let entry = try #require(store(for: "a", in: folder))
        for (path, mode) in [("", 0o700), ("/files", 0o700), ("/key", 0o600), ("/files/" + entry.fileName, 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: place + path)
            #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
        }
    }

    @Test(
        "No other path leads to a file",
        arguments: [
            "", ".", "..", "../key", "key", "/key", "%2e%2e%2fkey", "NAME", "NAME.png", "NAME.jpg.jpg", "NAME.jpg/",
            "../files/NAME.jpg", "name.jpg", "NAME.", ".jpg", "NAME.jpg\0",
        ])
    func traversal(path: String) throws {
        let (folder, _) = folder()
        let entry = try #require(store(for: "a", in: folder))
        #expect(found(path.replacing("NAME", with: entry.name), in: folder) == nil)
        #expect(found(entry.fileName, in: folder) == 4)
    }

    @Test("A link in place of a file is not followed")
    func link() throws {
        let (folder, _) = folder()
        let entry = try #require(store(for: "a", in: folder))
        let path = place + "/files/" + entry.fileName
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: place + "/key")
        #expect(found(entry.fileName, in: folder) == nil)
    }

    @Test("A full folder deletes the oldest files")
    func quota() throws {
        let (folder, _) = folder(most: 3 * 4_096)
        let names = ["a", "b", "c", "d"].compactMap { store(for: $0, in: folder)?.fileName }
        #expect(files == names.suffix(3).sorted())
        #expect(found(names[0], in: folder) == nil && found(names[3], in: folder) == 4)
        #expect(store([UInt8](repeating: 65, count: 9_000), for: "e", in: folder) != nil)
        #expect(files.count == 1, "a file of three blocks needs all of the room")
    }

    @Test("Old files are deleted, and not given out before that")
    func age() throws {
        let (folder, _) = folder(days: 1)
        let entry = try #require(store(for: "a", in: folder))
        time.withLock { $0 += 86_400 }
        #expect(found(entry.fileName, in: folder) == nil)
        folder.prune()
        #expect(files.isEmpty)
    }

    @Test("Jobs are on disk until they are removed; what an interrupted write has left is deleted")
    func jobs() throws {
        let (folder, first) = folder()
        #expect(first == [])
        let written = Mutex(0)
        for job in [Self.job("later", at: 2), Self.job("soon", at: 1)] {
            folder.keep(job) { isKept in if isKept { written.withLock { $0 += 1 } } }
        }
        #expect(written.withLock { $0 } == 2)
        try Data("half".utf8).write(to: URL(fileURLWithPath: place + "/jobs/broken"))
        try Data("half".utf8).write(to: URL(fileURLWithPath: place + "/files/x.jpg.part.new"))
        let (again, open) = self.folder()
        #expect(open == [Self.job("soon", at: 1), Self.job("later", at: 2)])
        again.remove(Self.job("soon"))
        #expect(self.folder().1 == [Self.job("later", at: 2)])
        #expect(files.isEmpty)
    }

    @Test("A folder that cannot be made is reported as such")
    func unusable() throws {
        try Data().write(to: URL(fileURLWithPath: place))
        #expect(folder().1 == nil)
    }

    @Test("Clients get files with headers that keep them harmless")
    func server() throws {
        let (folder, _) = folder()
        let picture = try #require(store(for: "a", in: folder))
        let page = try #require(store(Array("<html><script>".utf8), for: "b", in: folder))
        func reply(_ path: String) -> WebhookReply? {
            let box = Mutex<WebhookReply?>(nil)
            MediaServer(folder: folder).receive(WebhookRequest(.get, path: path)) { reply in box.withLock { $0 = reply }
            }
            return box.withLock { $0 }
        }
        let shown = try #require(reply("/" + picture.fileName))
        #expect(shown.status == 200 && shown.contentType == "image/jpeg" && shown.file?.size == 4)
        #expect(shown.headers["Content-Disposition"] == "inline; filename=\"picture.jpg\"")
        #expect(shown.headers["X-Content-Type-Options"] == "nosniff")
        #expect(shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox")
        let saved = try #require(reply("/" + page.fileName))
        #expect(saved.contentType == "application/octet-stream")
        #expect(saved.headers["Content-Disposition"] == "attachment; filename=\"file.bin\"")
        for path in [
            "", "/", "/x", "/" + picture.name, "//" + picture.fileName, "/" + String(repeating: "a", count: 200),
        ] {
            #expect(reply(path)?.status == 404)
        }
    }
}
