/// What JSON costs a model that reads it: an estimate, since each model counts in its own way.
package enum TokenEstimate {
    /// So much JSON is about one token, for the models that are usual.
    package static let bytesPerToken = 4

    /// - Parameter bytes: How much there is to read.
    package static func tokens(ofBytes bytes: Int) -> Int { (bytes + bytesPerToken - 1) / bytesPerToken }
}
