import GRDB
import Registry

/// A group of changes in one transaction.
struct Batch {
    let changes: [Change]
    let path: String
    let routes: ConcernRoutes
    let seal: Seal
    let unreadable: UnreadableAccounts

    /// One reply for each change, in order; `outage` is set if nothing at all could be written.
    struct Outcome {
        var replies: [Result<ChangeReply, RegistryError>]
        var outage: RegistryError?
    }

    /// Commits the changes. One that is refused takes no other with it; an error of the file itself fails them all.
    func commit(_ db: Database) -> Outcome {
        do {
            return Outcome(replies: try commitPlainly(db) ?? commitOneByOne(db))
        } catch {
            let reason = RegistryError(error, path: path)
            return Outcome(replies: changes.map { _ in .failure(reason) }, outage: reason)
        }
    }

    /// Nearly always nothing is refused, and then savepoints would be most of the work. Nil, with nothing done, if
    /// something is.
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

    /// Each change in its own savepoint, so that a refused one leaves no trace.
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

    /// Throws only what concerns the whole batch.
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
    /// Constraints and oversized values are the change's own fault; anything else is the file's.
    fileprivate var concernsOneChange: Bool {
        switch resultCode.primaryResultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH: true
        default: false
        }
    }
}
