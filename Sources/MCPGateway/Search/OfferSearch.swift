import Synchronization

/// Has the index of what a view offers. It outlives the lists of which it is made.
///
/// Nobody waits for it but who searches: what is found has to be what is offered, also right after a list has changed.
final class OfferSearch: Sendable {
    private let newest = Mutex(OfferIndex())
    private let work: IndexWork

    init(_ work: IndexWork) {
        self.work = work
    }

    /// Brings the index up to date before somebody searches.
    func prepare(for lists: OfferLists) { index(of: lists) { _ in } }

    /// Calls back with the index of these lists: at once where it is there, else from elsewhere when it is.
    func index(of lists: OfferLists, _ body: @escaping @Sendable (OfferIndex) -> Void) {
        let known = newest.withLock { $0 }
        if known.edition == lists.number { return body(known) }
        work.perform { [self] in body(made(of: lists)) }
    }

    /// The lock is not held while the index is changed: searches in other lists go on, in the index as it was.
    private func made(of lists: OfferLists) -> OfferIndex {
        var index = newest.withLock { $0 }
        guard index.edition != lists.number else { return index }
        index.bring(to: lists)
        newest.withLock { [index] newest in
            if newest.edition < index.edition { newest = index }
        }
        return index
    }
}
