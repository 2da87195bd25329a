package import NIOCore

/// What of `params._meta` of a request is written anew, before it is known what else is.
package struct MetaChange: Sendable {
    /// Members that are put in, as JSON with commas between them but not around.
    package internal(set) var inserted = ByteBuffer()
    package internal(set) var removed: [MemberSpan] = []
    /// Values that stand in the place of others.
    package internal(set) var replaced: [Edit] = []
}

extension Message {
    /// What makes of a request the same with another `params._meta`.
    package func edits(_ change: MetaChange?) -> [Edit] {
        guard let change else { return [] }
        guard change.inserted.readableBytes > 0 || !change.removed.isEmpty else { return change.replaced }
        return metaEdits(inserting: change.inserted, removing: change.removed) + change.replaced
    }
}
