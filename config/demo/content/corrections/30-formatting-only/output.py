LABELS = {
    'requested': 'Waiting for the bank',
    'sent': 'On its way', 'paid': 'Paid out',
    'returned': 'Came back'
}

def label(state):
    return LABELS.get(state,state)
