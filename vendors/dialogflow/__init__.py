"""Google Dialogflow."""
