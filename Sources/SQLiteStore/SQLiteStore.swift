import GRDB
import GatewayKit
import Logging
import Registry
import Synchronization

/// A registry in one SQLite file.
///
/// The writer's thread commits changes in groups of at most `SQLiteStore.batchLimit`, and calls their replies. A
/// refused change does not affect the others of its group. If the file cannot be written, all changes of the group
/// fail. The next group tries again.
///
/// A small pool of readers answers queries. SQLite's write-ahead log shows each reader the file as it was when the read
/// began. So no read waits for a group of changes.
///
/// The store replaces the character U+0000, which SQLite cannot store, by U+FFFD.
package final class SQLiteStore: Store {
    /// The largest number of changes in one transaction.
    static let batchLimit = 500
    /// The largest number of waiting changes. Beyond it, `submit` refuses at once.
    static let queueLimit = 50_000
    /// The largest number of reads under way. Beyond it, `read` refuses at once.
    static let readLimit = 50_000

    /// The connections of the writer and the readers; nil once closed. All work is queued under this lock, because a
    /// closed connection must not be used.
    private let connections: Mutex<DatabasePool?>
    let seal: Seal
    let path: String
    private let file: RegistryLock
    let logger: Logger
    private let unreadable: UnreadableAccounts
    private let routes = ConcernRoutes.all
    private let queue = Mutex(ChangeQueue(limit: queueLimit))
    private let reads = Mutex(ReadCount(limit: readLimit))
    private let outage = Mutex(Outage())
    private let lastProbe = Mutex<ContinuousClock.Instant?>(nil)
    private let now: @Sendable () -> ContinuousClock.Instant
    private let watch: StorageWatch

    /// Opens or creates the registry, brings its schema up to date, and reads or creates the key file.
    ///
    /// - Parameters:
    ///   - path: the SQLite file; its folder must exist. Only its owner can read a new file. `PATH.lock` beside it, and
    ///     a lock on the file itself, keep a second process from using the same registry.
    ///   - keyFile: the file with the 32 bytes that seal secrets, by default `PATH.key`. It is created on the first
    ///     start.
    ///   - busyTimeout: how long a change waits for another program that has locked the file.
    ///   - watch: is called when the file becomes unwritable, and when it becomes writable again.
    /// - Throws: `RegistryError.unavailable` with a text for the operator.
    package init(
        path: String, keyFile: String? = nil, busyTimeout: Duration = .seconds(5),
        logger: Logger = Logger(label: "registry"),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, watch: StorageWatch = StorageWatch()
    ) throws(RegistryError) {
        let keyFile = keyFile ?? path + ".key"
        self.path = path
        self.now = now
        self.logger = logger
        self.watch = watch
        unreadable = UnreadableAccounts(logger: logger)
        file = try RegistryLock(path: path)
        if file.wasEmpty, FileStatus(of: keyFile) != nil {
            throw .unavailable(
                "\(path) is empty, but its key file \(keyFile) is there, so it has been a registry: restore it from a "
                    + "backup, or move the key file away to begin a new one")
        }
        do {
            let database = try Schema.open(path: path, busyTimeout: busyTimeout, logger: logger)
            let seal = try Seal(keyFile: keyFile, isInUse: database.read { try Seal.isInUse($0) })
            try database.read { try seal.check($0) }
            self.seal = seal
            connections = Mutex(database)
        } catch {
            throw RegistryError(error, path: path)
        }
        if file.hardLinkCount > 1 {
            logger.warning(
                "the registry file has several hard links: always use the same path, because the journal is named after it",
                metadata: ["path": "\(path)"])
        }
        watchStorage()
    }

    /// Checks whether this process's user can use the path for a registry. Nil if so. Otherwise the reason, as the end
    /// of a sentence. It opens no file.
    package static func flaw(ofFile path: String) -> String? { RegistryLock.flaw(path) }

    /// Checks whether the path can name a key file. Nil if so; the file need not exist. Otherwise the reason, as the
    /// end of a sentence.
    package static func flaw(ofKeyFile path: String) -> String? { KeyFile.flaw(path) }

    package func submit(_ change: Change, _ reply: @escaping StoreReply<ChangeReply>) {
        let admission = queue.withLock { $0.append(PendingChange(change: change, reply: reply)) }
        switch admission {
        case .waiting: break
        case .wake: if !enqueue({ self.drain($0) }) { refuseAll() }
        case .full:
            reply(.failure(.unavailable("the registry has \(Self.queueLimit) changes waiting: \(path) is too slow")))
        case .closed: reply(.failure(.closed))
        }
    }

    package func flush() async {
        await withCheckedContinuation { continuation in
            let isOpen = enqueue { db in
                self.drain(db)
                continuation.resume()
            }
            if !isOpen { continuation.resume() }
        }
    }

    package func close() async {
        queue.withLock { $0.isClosed = true }
        await flush()
        await withCheckedContinuation { continuation in
            let isIdle = reads.withLock { $0.close { continuation.resume() } }
            if isIdle { continuation.resume() }
        }
        guard let database = connections.withLock({ $0.take() }) else { return }
        do {
            // `releaseMemory` closes the readers, so that the writer is the last connection. When SQLite closes the
            // last connection, it moves the write-ahead log into the file and deletes the log. The log may contain
            // texts that have been emptied since.
            database.releaseMemory()
            try database.close()
        } catch {
            logger.warning(
                "the registry could not be closed", metadata: ["reason": "\(RegistryError(error, path: path))"])
        }
        file.release()
    }

    /// Runs a function on the writer's thread, after all changes that were submitted before.
    func access<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(RegistryError) -> Value {
        let path = path
        let result: Result<Value, RegistryError> = await withCheckedContinuation { continuation in
            let isOpen = enqueue { db in
                // A thread whose `submit` got `.wake` may not have queued its `drain` yet.
                self.drain(db)
                let result = Result { try body(db) }
                continuation.resume(returning: result.mapError { RegistryError($0, path: path) })
            }
            if !isOpen { continuation.resume(returning: .failure(.closed)) }
        }
        return try result.get()
    }

    /// Creates a group of changes. Commit it on the writer's thread.
    func batch(_ changes: [Change]) -> Batch {
        Batch(changes: changes, path: path, routes: routes, seal: seal, unreadable: unreadable)
    }

    /// Queues work for the writer's thread. False if the registry is closed.
    private func enqueue(_ work: @escaping @Sendable (Database) -> Void) -> Bool {
        connections.withLock { connections in
            connections?.asyncWriteWithoutTransaction(work)
            return connections != nil
        }
    }

    /// Fails the changes that entered the queue while the file was being closed.
    private func refuseAll() {
        while let batch = queue.withLock({ $0.take(Self.batchLimit) }) {
            for pending in batch { pending.reply(.failure(.closed)) }
        }
    }

    /// Commits groups of changes until the queue is empty. Call it on the writer's thread.
    private func drain(_ db: Database) {
        while let pending = queue.withLock({ $0.take(Self.batchLimit) }) {
            let start = now()
            let results = batch(pending.map(\.change)).commit(db)
            watch.onCommit(
                CommitReport(changes: pending.count, time: now() - start, isWritten: results.outage == nil))
            if results.outage == nil, isOut { tryWriting(db) } else { report(results.outage, changes: pending.count) }
            for (pending, result) in zip(pending, results.replies) { pending.reply(result) }
        }
    }

    /// Logs a line when writing stops working, and a line when it works again, as often as `Outage` allows. Calls the
    /// watch on every change of the reason.
    private func report(_ reason: RegistryError?, changes: Int) {
        let (turn, before) = outage.withLock { outage in
            let before = outage.reason
            return (outage.update(reason, changes: changes, now: now()), before)
        }
        if before != reason { watch.onChange(reason) }
        switch turn {
        case .none: break
        case .began(let reason): logger.error("the registry cannot be written", metadata: ["reason": "\(reason)"])
        case .ended(let lost):
            logger.notice("the registry can be written again", metadata: ["refused-changes": "\(lost)"])
        }
    }
}

// MARK: - Reading

extension SQLiteStore {
    package func read<Query: StoreQuery>(_ query: Query, _ reply: @escaping StoreReply<Query.Answer>) {
        switch reads.withLock({ $0.begin() }) {
        case .admitted: break
        case .full:
            return reply(
                .failure(.unavailable("the registry has \(Self.readLimit) reads waiting: \(path) is too slow")))
        case .closed: return reply(.failure(.closed))
        }
        let isOpen = onReader { [self] result in
            reply(answer(query, result))
            reads.withLock { $0.end() }?()
        }
        // Only `close` removes the connections, and it waits for the reads that were admitted.
        precondition(isOpen, "a read was admitted by a closed registry")
    }

    /// Queues work for the thread of the next free reader. False if the registry is closed.
    private func onReader(_ work: @escaping @Sendable (Result<Database, any Error>) -> Void) -> Bool {
        connections.withLock { connections in
            connections?.asyncRead(work)
            return connections != nil
        }
    }

    /// Answers a query. Call it on a reader's thread.
    private func answer<Query: StoreQuery>(
        _ query: Query, _ database: Result<Database, any Error>
    ) -> Result<Query.Answer, RegistryError> {
        do {
            let transaction = Transaction(db: try database.get(), seal: seal, unreadable: unreadable)
            return .success(try routes.answer(query, in: transaction))
        } catch {
            return .failure(RegistryError(error, path: path))
        }
    }
}

// MARK: - Watching the disk

extension SQLiteStore {
    /// The shortest time between two probes.
    private static let probePause = Duration.seconds(1)

    private var isOut: Bool { outage.withLock { $0.reason != nil } }

    /// Tests the file every `StorageWatch.pause` while it cannot be written or its disk is nearly full. So the gateway
    /// learns of an outage, and of its end, before the next message.
    private func watchStorage() {
        guard isOut || watch.isProbeDue(path) else { return watchLater() }
        _ = enqueue { [weak self] db in
            self?.tryWriting(db)
            self?.watchLater()
        }
    }

    private func watchLater() {
        watch.schedule(StorageWatch.pause) { [weak self] in
            guard let self, connections.withLock({ $0 != nil }) else { return }
            watchStorage()
        }
    }

    /// Reports an outage or its end by a test write of 64 KiB. A small change that succeeds does not end an outage,
    /// because large changes may still fail on a nearly full disk. Call it on the writer's thread.
    private func tryWriting(_ db: Database) {
        let time = now()
        let isDue = lastProbe.withLock { last in
            if let last, time - last < Self.probePause { return false }
            last = time
            return true
        }
        if isDue { report(WriteProbe.failure(db, path: path), changes: 0) }
    }
}
