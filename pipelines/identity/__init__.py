"""Which records are the same company or person: standardise, block, compare, weigh, cluster.

One configuration serves every set of records; what differs between sets is learned from the set itself, without labels.
"""
