import Basics
import Crypto
import Dispatch
import Foundation
import GatewayKit
import HTTP
import Logging
import Synchronization

/// Martlet's own folder with the files of inbound messages, and the jobs that are not finished. All work on the disk is
/// done on a queue of its own, one piece after another.
///
/// `files` has the files, `jobs` the jobs, and `key` the secret from which the names of files are made. A name is a keyed
/// hash of the message's id: nobody can guess it, and a message that comes twice gives the same name. When the folder is
/// full, the oldest files are deleted.
final class MediaFolder: Sendable {
    /// A file in the folder.
    struct Entry: Sendable {
        let name: String
        let type: MediaType
        let size: Int
        /// When it was written, in seconds since 1970.
        let at: Double

        var fileName: String { name + "." + type.ending }
        /// The bytes that it takes from the disk. An empty file takes a block, too.
        var space: Int { (size / 4_096 + 1) * 4_096 }
    }

    fileprivate struct State {
        var key: SymmetricKey?
        var entries: [String: Entry] = [:]
        /// Names, oldest first. Some may be gone already.
        var order: [(name: String, at: Double)] = []
        var space = 0
    }

    private let path: String
    private let mostBytes: Int
    private let longestAge: Double
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let perform: DiskWork
    private let state = Mutex(State())

    /// Runs work on the disk, one piece after another, outside of event loops.
    typealias DiskWork = @Sendable (@escaping @Sendable () -> Void) -> Void

    /// Runs work on a queue of its own.
    static func onOwnQueue() -> DiskWork {
        let queue = DispatchQueue(label: "media-folder")
        return { work in queue.async(execute: work) }
    }

    /// The largest number of files.
    static let mostFiles = 100_000

    init(
        path: String, mostBytes: Int, longestAge: Duration, clock: @escaping @Sendable () -> Timestamp, logger: Logger,
        perform: @escaping DiskWork = MediaFolder.onOwnQueue()
    ) {
        self.perform = perform
        self.path = path
        self.mostBytes = mostBytes
        self.longestAge = longestAge / .seconds(1)
        self.clock = clock
        self.logger = logger
    }

    /// Nil if the settings name no folder.
    convenience init?(
        _ settings: MediaSettings, clock: @escaping @Sendable () -> Timestamp, logger: Logger,
        perform: @escaping DiskWork = MediaFolder.onOwnQueue()
    ) {
        guard let path = settings.folder else { return nil }
        self.init(
            path: path, mostBytes: settings.folderBytes, longestAge: settings.longestAge, clock: clock, logger: logger,
            perform: perform)
    }

    /// Makes the folder if there is none, and reads what is in it. Calls `done` with the open jobs; with nil if the folder
    /// cannot be used.
    func open(_ done: @escaping @Sendable ([MediaJob]?) -> Void) {
        perform { [self] in
            do {
                for folder in [path, files, jobs] {
                    try FileManager.default.createDirectory(
                        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                }
                let key = try readKey()
                state.withLock { $0.key = key }
                try readFiles()
                prune(for: 0)
                done(try readJobs())
            } catch {
                logger.error(
                    "the folder for files of messages cannot be used; users get the providers' addresses",
                    metadata: ["folder": "\(path)", "error": "\(error)", "next": "check sms.media.folder"])
                done(nil)
            }
        }
    }

    /// Writes a job. Calls `done` when it is on disk, or with false if it cannot be written.
    func keep(_ job: MediaJob, _ done: @escaping @Sendable (Bool) -> Void) {
        perform { [self] in
            guard let data = try? JSONEncoder().encode(job) else { return done(false) }
            done(write(Array(data), to: jobs + "/" + job.name))
        }
    }

    /// Deletes a finished job.
    func remove(_ job: MediaJob) {
        perform { [self] in unlink(jobs + "/" + job.name) }
    }

    /// The file that was written for an id before; nil if there is none.
    func entry(for id: String) -> Entry? { name(for: id).flatMap { name in state.withLock { $0.entries[name] } } }

    /// Writes a file. Calls `done` with it when it is on disk; with nil if it cannot be written.
    func store(_ bytes: [UInt8], for id: String, _ done: @escaping @Sendable (Entry?) -> Void) {
        guard let name = name(for: id) else { return done(nil) }
        perform { [self] in
            let entry = Entry(
                name: name, type: MediaType(of: bytes), size: bytes.count, at: clock().secondsSince1970)
            prune(for: entry.space)
            guard write(bytes, to: files + "/" + entry.fileName) else { return done(nil) }
            state.withLock { $0.add(entry) }
            done(entry)
        }
    }

    /// Opens the file of a name such as `0123….jpg`. Calls `done` once, with nil if there is none.
    func find(_ fileName: Substring, _ done: @escaping @Sendable ((Entry, WebhookFile)?) -> Void) {
        let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
        // The name is looked up and never becomes a path, so it cannot lead elsewhere.
        guard parts.count == 2, let entry = state.withLock({ $0.entries[String(parts[0])] }),
            entry.type.ending == parts[1], entry.at + longestAge > clock().secondsSince1970
        else { return done(nil) }
        perform { [self] in
            done(WebhookFile(path: files + "/" + entry.fileName).map { (entry, $0) })
        }
    }

    /// Deletes files that are too old.
    func prune() { perform { [self] in prune(for: 0) } }

    private var files: String { path + "/files" }
    private var jobs: String { path + "/jobs" }

    private func name(for id: String) -> String? {
        state.withLock { $0.key }.map { key in
            Hex.encode(HMAC<SHA256>.authenticationCode(for: Array(id.utf8), using: key).prefix(20))
        }
    }

    private func prune(for space: Int) {
        let oldest = clock().secondsSince1970 - longestAge
        while let entry = state.withLock({ $0.removeOldest(before: oldest, over: mostBytes - space) }) {
            unlink(files + "/" + entry.fileName)
        }
    }
}

extension MediaFolder.State {
    mutating func add(_ entry: MediaFolder.Entry) {
        if let old = entries.updateValue(entry, forKey: entry.name) { space -= old.space }
        space += entry.space
        order.append((entry.name, entry.at))
    }

    /// Forgets the oldest file if it is too old, or if the files take more space than allowed.
    mutating func removeOldest(before time: Double, over most: Int) -> MediaFolder.Entry? {
        while let first = order.first {
            let isFull = space > most || entries.count >= MediaFolder.mostFiles
            guard first.at <= time || isFull else { return nil }
            order.removeFirst()
            // A file that was written again has a newer place in the order.
            guard let entry = entries[first.name], entry.at == first.at else { continue }
            entries[first.name] = nil
            space -= entry.space
            return entry
        }
        return nil
    }
}

/// Work on the disk. Called by `perform` only.
extension MediaFolder {
    private func readKey() throws -> SymmetricKey {
        let place = path + "/key"
        if let data = FileManager.default.contents(atPath: place), data.count == 32 { return SymmetricKey(data: data) }
        let key = SymmetricKey(size: .bits256)
        guard write(key.withUnsafeBytes { Array($0) }, to: place) else { throw CocoaError(.fileWriteUnknown) }
        return key
    }

    private func readFiles() throws {
        var found: [Entry] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: files) {
            let parts = file.split(separator: ".", omittingEmptySubsequences: false)
            let attributes = try? FileManager.default.attributesOfItem(atPath: files + "/" + file)
            guard parts.count == 2, let type = MediaType(ending: parts[1]), let attributes,
                let size = attributes[.size] as? Int, let date = attributes[.modificationDate] as? Date
            else {
                // A file whose writing was interrupted.
                unlink(files + "/" + file)
                continue
            }
            found.append(
                Entry(name: String(parts[0]), type: type, size: size, at: date.timeIntervalSince1970))
        }
        found.sort { $0.at < $1.at }
        state.withLock { state in for entry in found { state.add(entry) } }
    }

    private func readJobs() throws -> [MediaJob] {
        let names = try FileManager.default.contentsOfDirectory(atPath: jobs)
        let found = names.compactMap { name -> MediaJob? in
            let data = FileManager.default.contents(atPath: jobs + "/" + name)
            guard let job = data.flatMap({ try? JSONDecoder().decode(MediaJob.self, from: $0) }), job.name == name
            else {
                unlink(jobs + "/" + name)
                return nil
            }
            return job
        }
        return found.sorted { $0.receivedAt < $1.receivedAt }
    }

    /// Writes a file so that after a power cut it is there as a whole or not at all.
    private func write(_ bytes: [UInt8], to place: String) -> Bool {
        let draft = place + ".part.new"
        let descriptor = Foundation.open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return failed(draft) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            offset += count
        }
        let isWhole = offset == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWhole, rename(draft, place) == 0 else { return failed(draft) }
        syncFolder(of: place)
        return true
    }

    private func failed(_ draft: String) -> Bool {
        let reason = String(cString: strerror(errno))
        unlink(draft)
        logger.error("a file of a message cannot be written", metadata: ["folder": "\(path)", "why": "\(reason)"])
        return false
    }

    private func syncFolder(of place: String) {
        let folder = Foundation.open(
            String(place[..<(place.lastIndex(of: "/") ?? place.endIndex)]), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
