import GRDB
import Registry

/// A group of changes to be committed in one transaction.
struct Batch {
    let changes: [Change]
    let path: String
    let routes: ConcernRoutes
    let seal: Seal
    let unreadable: UnreadableAccounts

    /// The result of a commit: one reply for each change, in order. `outage` is set if the file could not be written,
    /// so that all changes have failed.
    struct Outcome {
        var replies: [Result<ChangeReply, RegistryError>]
        var outage: RegistryError?
    }

    /// Commits the changes. A refused change does not affect the others. An error of the file fails all of them.
    func commit(_ db: Database) -> Outcome {
        do {
            return Outcome(replies: try commitPlainly(db) ?? commitOneByOne(db))
        } catch {
            let reason = RegistryError(error, path: path)
            return Outcome(replies: changes.map { _ in .failure(reason) }, outage: reason)
        }
    }

    /// Commits all changes without savepoints. Nil, with nothing written, if a change is refused. Refusals are rare,
    /// and savepoints would be most of the work of a commit.
    private func commitPlainly(_ db: Database) throws -> [Result<ChangeReply, RegistryError>]? {
        let transaction = transaction(db)
        var replies: [Result<ChangeReply, RegistryError>] = []
        replies.reserveCapacity(changes.count)
        try db.inTransaction(.immediate) {
            for change in changes {
                guard case .success(let reply) = try result({ try routes.apply(change, in: transaction) }) else {
                    return .rollback
                }
                replies.append(.success(reply))
            }
            return .commit
        }
        return replies.count == changes.count ? replies : nil
    }

    /// Commits each change in its own savepoint, so that a refused change writes nothing.
    private func commitOneByOne(_ db: Database) throws -> [Result<ChangeReply, RegistryError>] {
        let transaction = transaction(db)
        var replies: [Result<ChangeReply, RegistryError>] = []
        try db.inTransaction(.immediate) {
            for change in changes {
                let reply = try result {
                    var reply = ChangeReply.done
                    try db.inSavepoint {
                        reply = try routes.apply(change, in: transaction)
                        return .commit
                    }
                    return reply
                }
                replies.append(reply)
            }
            return .commit
        }
        return replies
    }

    private func transaction(_ db: Database) -> Transaction {
        Transaction(db: db, seal: seal, unreadable: unreadable)
    }

    /// Runs one change. Returns the error of a refused change, and throws an error that concerns the whole batch.
    private func result(_ body: () throws -> ChangeReply) throws -> Result<ChangeReply, RegistryError> {
        do {
            return .success(try body())
        } catch let refusal as RegistryError {
            return .failure(refusal)
        } catch let error as DatabaseError where error.concernsOneChange {
            return .failure(RegistryError(error, path: path))
        }
    }
}

extension DatabaseError {
    /// Whether the error is the fault of one change: a broken constraint, or a value of the wrong size or type. All
    /// other errors are errors of the file.
    fileprivate var concernsOneChange: Bool {
        switch resultCode.primaryResultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH: true
        default: false
        }
    }
}
