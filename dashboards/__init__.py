"""What people look at: Streamlit pages on published marts."""
